# Frame, home, first start, signing in, me.

app-name = Tongban
cancel = Cancel
close = OK
back = Back
continue = Continue
comma = , { "" }
loading = Loading…
try-again = Try again
skip-to-content = Skip to content
to-home = Go to home
problem-code = Code: { $code }

tabs = Main sections
tab-home = Home
tab-guides = Services
tab-items = My cases
tab-wallet = Licences
tab-me = Me
tab-attention = { $count } need you

title-home = Home
title-county = Choose your county
title-sign-in = Sign in
title-guides = Service guides
title-guide = Service guide
title-draft = Application
title-items = My cases
title-item = Case
title-receipt = Receipt
title-wallet = Licences
title-licence = Licence
title-me = Me
title-account = Account
title-sync = Network and sync
title-catalogue = Guides on this device
title-display = Language and type size
title-about = About Tongban
title-not-found = No such page

date-day = { $day } { $month } { $year }
moment-today = today, { $time }
moment-yesterday = yesterday, { $time }
moment-this-year = { $day } { $month }, { $time }
moment-full = { $day }, { $time }
progress-stop = Stop
progress-of = { $done } of { $total }

network-online = Connected
network-offline = Offline
network-unknown = Not connected yet
network-running = Synchronising…
strip-label = Network and sync: { $state }
strip-waiting = { $count } waiting to be sent
strip-last = Last sync: { $time }
strip-never = Never synchronised

outside-title = Leave Tongban?
outside-text = This opens in your browser: { $host }. Please make sure that it is where you want to go.
outside-open = Open

not-found-title = This page was not found
not-found-text = It may have moved.

welcome-motto = Look up services, apply and follow your case, with or without a network.
welcome-look = Search in everyday words
welcome-look-text = Type what you want to do, and find the service for it.
welcome-offline = Works without a network
welcome-offline-text = Fill in and submit offline; it is sent once the network is back, and only once.
welcome-safe = Your data stays yours
welcome-safe-text = What you fill in and your licences are kept encrypted on this device.
welcome-begin = First choose your county

county-why = Tongban keeps the guides of your county on this device, so that you can read them without a network.
county-chosen-so-far = Chosen so far
county-choose-again = {" "}(choose again)
county-choose-province = Choose a province
county-choose-city = Choose a city
county-choose-county = Choose a county
county-none = There is no county to choose here yet
county-none-text = Go back a level and choose another place.
county-choose-another = Choose another county
county-list-fetching = Downloading the list of counties
county-none-at-all = The platform has not published a list of counties yet. Please look again later.
county-no-guides = { $name } has not published any guides yet
county-no-guides-text = You can choose another county, or update later.
county-fetching = Downloading the guides of { $name }
county-fetching-text = You can do something else meanwhile. If it is interrupted, it goes on where it stopped.
county-go-on-meanwhile = Look around meanwhile
county-ready = The guides of { $name } are on this device
county-ready-text = { $count } guides, readable without a network. Sign in to fill in and file applications.
county-look-first = Look around first, sign in later

account = Account
sign-in = Sign in
sign-in-again = Sign in again
sign-out = Sign out
signed-in = You are signed in
signed-out = You are signed out. What is unsent is still on this device.
sign-in-title = Sign in with your unified identity
sign-in-text = The button below opens your browser. Sign in there; you come back here by yourself.
sign-in-again-text = Your sign-in has expired. Once you sign in again, what has not been sent goes on its way.
sign-in-step-up-text = This needs { $level }. Sign in on the page that opens with an account that has reached it; everything you have written is kept.
sign-in-open-browser = Open the browser to sign in
sign-in-safe = Tongban never sees your password. Signing in needs the network once; after that you can fill in and file offline.
signing-in-title = Please sign in in your browser
signing-in-text = Your browser is open. Once you have signed in you come back here. If you see no browser, look for it among your other windows.
signing-in-cancel = Do not sign in

home-county-missing = Your county’s guides are not here yet
home-change-county = Change county
home-signed-out = Sign in to fill in and file applications and to follow them.
home-signing-in = Waiting for you to sign in in your browser.
home-session-ended = Your sign-in has expired. What you have filled in and filed is still here; it is sent after you sign in again.
home-attention = Needs you ({ $count })
home-attention-draft = Not complete yet
home-attention-look = Please have a look
home-due = Promised by { $day }
home-drafts = Go on writing
home-draft-kept = Saved on this device: { $time }
home-draft-go-on = Go on
home-themes = Find by theme
home-no-guides = No guides on this device yet
home-no-guides-text = Download them once while you are connected; after that they need no network.

catalogue-sample = Sample catalogue, for demonstration only. Do not rely on it.
catalogue-fetching = Downloading the guides
see-catalogue = Have a look

account-signed-out = Not signed in
account-signed-out-text = Sign in here
account-signing-in-text = Waiting for you in the browser
account-session-ended = Sign-in has expired; please sign in again
account-signed-in-as = You are signed in as { $name }
account-name = Name
account-id = ID number
account-assurance = Identity assurance
assurance-1 = Not verified
assurance-2 = Verified, basic
assurance-3 = Verified, high
sign-out-hint = Signing out deletes nothing that is unsent. It stays encrypted on this device and goes on once you sign in again.
sign-out-of-browser = Sign out of the browser as well (on a shared computer)
sign-out-title = Sign out?
sign-out-nothing-unsent = Nothing waits to be sent. Your licences and cases stay encrypted on this device until you sign in again.
sign-out-unsent = Drafts: { $drafts }; waiting to be sent: { $outbox }. They stay encrypted on this device and are not lost. They are not sent before you sign in again.

sync-done = Synchronised
sync-last = Last sync
sync-never = Never
sync-next = Next automatic try
sync-waiting = Waiting to be sent
sync-waiting-count = { $count }
sync-now = Synchronise now
sync-see-items = See which ones
sync-courier = No network for long? Export a sealed file for someone to carry
sync-nothing-waits = Nothing waits to be sent.
sync-something-waits = { $count } waiting to be sent, safe on this device.
sync-hint = This happens by itself while there is a network; you need not keep this page open.

catalogue-guides = Guides
catalogue-version = Version
catalogue-published = Published
catalogue-checked = Last checked
catalogue-update = Check for updates
catalogue-updating = Updating…
catalogue-updated = The guides are up to date
catalogue-hint = You can read on during an update. What was downloaded is used only after it has been verified.

display-language = Language
display-language-hint = Guides and notices of the platform are in simplified Chinese.
care-mode = Care mode
care-mode-hint = Larger type and larger buttons.

about-version = Version
about-platform = Platform
about-privacy = Your data
about-privacy-text = Drafts, attachments, licences and cases are kept encrypted on this device and go to the department only when you file. Your sign-in is kept in the system's keyring.
about-licence = Open source
about-licence-text = Tongban is published under Apache-2.0. Its look uses WeUI (MIT licence, Tencent).

me-hint = Choose something on the left.
