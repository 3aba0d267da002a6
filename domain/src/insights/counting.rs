//! Pieces of statements that say how a post counts, for whichever statement counts posts: written once.
//!
//! They are macros, so that a statement stays one text that nothing is put into when it runs. Each takes the places of its values in the
//! statement, such as `"$1"`.

/// What kind of post a publication is, by its variant `v` and by [`files`] of it, `f`. The pages of a document are a carousel.
macro_rules! content_type {
    () => {
        "case when f.film then 'VIDEO' when f.files > 1 or f.pages then 'CAROUSEL' when f.files = 1 then 'IMAGE'
        when v.link is not null then 'LINK' else 'TEXT' end"
    };
}

/// How many files the variant of a publication `p` shows, and whether one of them is a film or a document.
macro_rules! files {
    () => {
        "lateral (select count(*) as files, coalesce(bool_or(t.mime_type like 'video/%'), false) as film,
          coalesce(bool_or(t.kind = 'DOCUMENT'), false) as pages
        from variant_asset x join asset t on t.brand_id = x.brand_id and t.id = x.asset_id
        where x.brand_id = p.brand_id and x.variant_id = p.variant_id)"
    };
}

/// Of a publication `p` the newest number of each metric that counts within its time, which ends at `p.until`: `metric` and `value`.
macro_rules! newest_numbers {
    ($brand:literal, $interactions:literal, $from:literal, $until:literal) => {
        concat!(
            "select m.metric, s.value from unnest(",
            $interactions,
            "::text[] || array['REACH', 'VIEWS', 'DISLIKES']) m (metric) cross join lateral (
        select s.value from metric_sample s where s.brand_id = ",
            $brand,
            " and s.publication_id = p.id and s.metric = m.metric
          and s.sampled_at >= ",
            $from,
            " and s.sampled_at < ",
            $until,
            " and s.sampled_at < p.until
        order by s.sampled_at desc limit 1) s"
        )
    };
}

/// The newest number of followers of an account `a` that was read between two times: `value`.
macro_rules! newest_followers {
    ($brand:literal, $from:literal, $until:literal) => {
        concat!(
            "select s.value from metric_sample s where s.brand_id = ",
            $brand,
            " and s.social_account_id = a.id
      and s.publication_id is null and s.metric = 'FOLLOWERS' and s.sampled_at >= ",
            $from,
            " and s.sampled_at < ",
            $until,
            "
      order by s.sampled_at desc limit 1"
        )
    };
}

pub(super) use {content_type, files, newest_followers, newest_numbers};
