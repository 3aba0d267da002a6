# Influencers, and what users allowed to be done with what they made.

error-influencer-blocked = This influencer is blocked: { $reason } Choose another, or have the block ended.
error-influencer-exclusive = This influencer works for { $competitor } in “{ $category }” and for nobody beside, until { $until }. Wait, or choose another.
error-influencer-undisclosed = Advertising was not named as such in “{ $title }” on { $date }. Agree on it in writing before you go on.
error-influencer-language = This influencer speaks { $languages }, the brand { $wanted }. Choose another, or agree on the language.
error-influencer-market = This influencer's public is in { $markets }, not in { $wanted }. Choose another.
error-grant-missing = Whoever made this file has not allowed it to be published there at that time. Ask for a grant, choose another account or time, or another file.
error-licence-stays = Whoever made this file was asked for it, so its licence stays USER_GENERATED. Say so in what you change.
error-asset-referred-to = Something that must stay, such as a grant or a receipt, refers to this file, so it cannot be deleted. Archive it instead.
