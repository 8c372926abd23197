# Regions whose guides are kept on this device, and what versions changed.

title-regions = Add a region
title-changes = What changed

catalogue-bytes = Space taken
kept = Regions on this device
kept-own = Your county
kept-awaited = Not all here yet; downloaded when there is a network
kept-called-off = It is not downloaded any more
kept-call-off = Do not download
kept-call-off-label = Do not download the guides of { $name }
kept-add = Add a region
kept-see-changes = See what changed in the guides
kept-drop = Remove
kept-drop-label = Remove the guides of { $name }
kept-drop-title = Remove the guides of { $name }?
kept-drop-text = Only guides on this device are removed. Your drafts, cases and licences stay. You can download the guides again.
kept-drop-with-own = Your county lies in it and keeps its guides: they are downloaded by themselves once there is a network, and only then is the rest removed.
kept-dropped = The guides of { $name } are removed
kept-drop-later = Noted. They are removed once your county's own guides are here

regions-why = Besides those of your county, you can keep guides of other places on this device and read them without a network.
regions-chosen = Shown now
regions-up = {" "}(back up a level)
regions-whole-province = All of { $name }
regions-whole-city = All of { $name }
regions-in-province = Cities
regions-in-city = Counties and districts
regions-look = , see what lies in it
regions-size = { $bytes } to download, about { $room } on this device
regions-kept = On this device
regions-within = Included in { $name }
regions-fetch = Download
regions-fetch-label = Download the guides of { $name }
regions-fetching = Downloading the guides of { $name }
regions-fetching-text = You can do something else meanwhile. If it is interrupted, it goes on where it stopped.
regions-fetched = The guides of { $name } are on this device
regions-none = There is nothing to download here yet
regions-none-text = The platform has not published it yet. Please look again later.

changes-version = Published { $day } (version { $version })
changes-added = New
changes-changed = Changed
changes-removed = Withdrawn
changes-none = Nothing has changed yet
changes-none-text = Once the guides are updated, what is new, changed or withdrawn is listed here.
changes-hint = Only guides on this device are listed. What is withdrawn is no longer handled and has no guide.
