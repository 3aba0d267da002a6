# The media library: what it refuses.

error-file-type-unsupported = This file is not one that is taken here: JPEG, PNG, GIF, WebP, MP4, MOV or PDF.
error-file-damaged = This file is damaged and cannot be read.
error-upload-busy = Somebody else is sending this file just now. Wait, or ask for a new address.
error-wrong-offset = The file goes on at byte { $current }.
error-upload-missing = There is no file at the address that was given for it. Send it there first.
error-no-direct-upload = Files are not kept in a bucket here. Send this one to the upload address.
error-store-unavailable = The file could not be stored. Try again later, or tell the operator.
error-quota-exceeded = This brand may keep at most { $limit } bytes. Delete files, or ask a director for more.
error-asset-in-use = { $count ->
    [one] { $count } post shows this file.
   *[other] { $count } posts show this file.
} Take it out there first.
error-asset-archived = This file has been archived. Restore it, or choose another.
error-asset-expired = This file may be used only until { $limit }. Choose another, an earlier time, or extend its rights.
error-asset-not-yet-usable = This file may be used only from { $limit } on. Choose another, or a later time.
error-rights-missing = Nobody has said by which right this file is used. Note its licence.
error-rendition-pending = A form of this picture for { $network } is still being made. Try again in a moment.
error-folder-not-empty = Something is still in this folder. Move it first.
error-folder-in-itself = A folder cannot stand in itself. Choose another place.
error-folder-too-deep = Folders stand in each other at most { $limit } steps deep. Choose another place.
