# An application being written: form, materials, filing.

yes = Yes
no = No

way = Steps of the application
way-done = Complete
way-faults = { $count } to do
part-situation = Situation
part-form = Fill in the form
part-materials = Documents
part-submit = Check and submit

saved = Saved on this device { $time }
saving = Saving…
saving-failed = Not saved yet, see the message

draft-filed-title = This application has been submitted
draft-filed-text = It can no longer be changed here. See the case for how far it is.
draft-filed-look = Follow the case

notice-title = A department asks you to correct
notice-answer-by = Please correct by { $day }
notice-faults = Told once and in full, { $count } in all. Please correct each:
notice-how = Choose a line to go straight to it. When done, submit again at the bottom; no network is needed.
notice-here = To correct:{" "}
changes-title = The guide has changed
changes-text = Everything you filled in is still here. Please see what changed above and adapt it where needed.

situation-why = A few questions first, so that you only fill in and hand in what is needed.

field-optional = Optional
choice-none = Please choose
choice-clear = Clear the choice
division-choose = Choose: { $level }
division-chosen = Chosen:{" "}
level-province = Province
level-city = City
level-county = County
level-township = Township
level-village = Village or community

list-add = Add: { $label }
list-entry = { $label } { $number }
list-remove = Delete
list-remove-title = Delete “{ $label } { $number }”?
list-remove-text = What was filled in there is deleted with it.

materials-hint = Take a photo, or choose photos and PDF files from this device. Each may have up to 50 MB.
material-paper-only = This one is handed in on paper, not here; bring or send it to the window named in the guide.
use-licence = Use a licence you hold: { $name }
attach = Choose a photo or PDF
attach-more = Add another
attach-photo = Take a photo
attached-to = { $name }: files added
attachment-licence = E-licence
attachment-look = View
attachment-remove = Remove
attachment-remove-title = Remove this file?
attachment-remove-licence-title = Remove this licence?
attachment-remove-confirm = Remove it
attachment-remove-text = It is removed from this application only. The original on your device stays.
attachment-remove-licence = This application no longer uses it. The licence stays in your wallet.
attachment-being-read = Reading { $name }
attachment-being-kept = Checking and saving { $name }…
attachment-being-removed = Removing…
licence-being-used = Adding the licence…
preview-picture = Picture added: { $name }
preview-close = Close the picture

filing-online = You can read everything through once more before it is submitted.
filing-offline = There is no network now, and you can submit all the same: it is kept safe on this device and sent by itself once the network is back.
filing-submit = Submit application
filing-waiting = Saving…
filing-faults = { $count } still to fill in or change
filing-clear = Everything is filled in; you can submit.
review-title = Please check what you filled in
review-nothing = Not filled in
review-back = Go back and change
review-confirm = Confirm and submit
review-filing = Submitting…
review-online = Submit when all is right. Large files take a while to send; you can do something else meanwhile.
review-offline = There is no network now. It will wait in line and be sent by itself once the network is back.
discard = Delete this draft
discard-title = Delete this draft?
discard-text = What you filled in and the files you added are deleted from this device for good.
discard-confirm = Delete it
discarded = The draft is deleted
