//! The folder. A bucket is tested against a real server, in `domain/tests/domain/media.rs`.

use super::*;

fn key(kind: &'static str, brand: u128) -> Key<'static> {
    Key::new(kind, Uuid::from_u128(brand), Uuid::from_u128(9))
}

#[tokio::test]
async fn an_unfinished_object_is_not_there() -> Result<(), StorageError> {
    let folder = tempfile::tempdir()?;
    let storage = Storage::new(folder.path());
    let key = key("asset", 1);
    let mut staged = storage.stage(key).await?;
    staged.write(b"half").await?;
    assert!(matches!(storage.get(key).await, Err(StorageError::NotFound)));
    let aside = staged.path().to_owned();
    drop(staged);
    assert!(!aside.exists());
    storage.put(key, b"whole").await?;
    assert_eq!(storage.get(key).await?.as_ref(), b"whole");
    storage.put(key, b"anew").await?;
    assert_eq!(storage.get(key).await?.as_ref(), b"anew");
    Ok(())
}

#[tokio::test]
async fn a_file_that_comes_in_parts_goes_on_from_its_end_in_one_hand() -> Result<(), StorageError> {
    let folder = tempfile::tempdir()?;
    let storage = Storage::new(folder.path());
    let (arriving, there) = (key("upload", 1), key("asset", 1));
    assert_eq!(storage.staged(arriving).await?, 0);
    let mut staged = storage.resume(arriving).await?;
    staged.write(b"one ").await?;
    assert!(matches!(storage.resume(arriving).await, Err(StorageError::Busy)));
    staged.sync().await?;
    drop(staged);
    assert_eq!(storage.staged(arriving).await?, 4);
    let mut staged = storage.resume(arriving).await?;
    assert_eq!(staged.length(), 4);
    staged.write(b"two").await?;
    staged.sync().await?;
    storage.put_file(there, staged.path()).await?;
    assert_eq!(storage.staged(arriving).await?, 7, "until whoever staged it has written the rest");
    staged.discard().await?;
    assert_eq!(storage.staged(arriving).await?, 0);
    assert_eq!(storage.get(there).await?.as_ref(), b"one two");
    Ok(())
}

#[tokio::test]
async fn an_object_goes_with_its_forms() -> Result<(), StorageError> {
    let folder = tempfile::tempdir()?;
    let storage = Storage::new(folder.path());
    let all = key("rendition", 1);
    for form in ["small", "large"] {
        storage.put(Key { form: Some(form), ..all }, form.as_bytes()).await?;
    }
    assert_eq!(storage.get(Key { form: Some("small"), ..all }).await?.as_ref(), b"small");
    storage.remove(all).await?;
    storage.remove(all).await?;
    for form in ["small", "large"] {
        assert!(matches!(storage.get(Key { form: Some(form), ..all }).await, Err(StorageError::NotFound)));
    }
    Ok(())
}

#[tokio::test]
async fn a_brand_takes_its_objects_along_and_no_others() -> Result<(), StorageError> {
    let folder = tempfile::tempdir()?;
    let storage = Storage::new(folder.path().join("files"));
    storage.remove_brand(Uuid::from_u128(1), &[]).await?;
    for key in [key("asset", 1), key("report", 1), key("asset", 2)] {
        storage.put(key, b"whole").await?;
    }
    storage.remove_brand(Uuid::from_u128(1), &["asset", "report"]).await?;
    for (kind, brand, there) in [("asset", 1, false), ("report", 1, false), ("asset", 2, true)] {
        assert_eq!(storage.get(key(kind, brand)).await.is_ok(), there, "{kind} of {brand}");
    }
    Ok(())
}
