# List of guides and guide.

search-label = Search the service guides
search-placeholder = What do you want to do?
search-clear = Clear
search-results = Search results
search-found = Found: { $count }
search-all = Show all { $count }
more-rows = Show more
filter-theme = Theme
filter-audience = Whom it serves
filter-all-themes = All themes
filter-all-audiences = Everybody
filter-choice = { $name } ({ $count })
filter-any = Any
filter-more = Filter
filter-more-set = Filter ({ $count } set)
filter-clear = Clear
filter-set = Filters that are set
filter-remove = {" "}(remove)
filter-type = Type of service
filter-badge = Promise
filter-department = Department
filter-region = Place
filter-all-regions = All places on this device
filter-region-below = Where in { $name }
filter-whole-region = All of it
filter-sort = Order
sort-relevance = Best match first
sort-days = Shortest time first
sort-visits = Fewest visits first
sort-name = By name
nothing-found = Nothing found
nothing-found-text = Try other or fewer words, take the filters away, or choose another county.
show-all-guides = Show all services
guides-hint = Choose a service on the left to see how it is handled.

guide-count = { $count ->
    [one] 1 service
   *[other] { $count } services
}
guide-also-called = Also called: { "" }
guide-limit = { $days ->
    [one] 1 working day
   *[other] { $days } working days
}
guide-limit-at-once = While you wait
guide-visits = { $count ->
    [one] 1 visit
   *[other] { $count } visits
}
guide-visits-none = No visit
guide-fileable = Apply from here
guide-elsewhere = Elsewhere
guide-also = { $count ->
    [one] Also at 1 other place
   *[other] Also at { $count } other places
}
places-title = Where this is handled ({ $count })
places-address = Address:{" "}
places-phone = Telephone:{" "}
guide-at-a-glance = At a glance
guide-not-said = Not published
guide-promised = Time promised
guide-visits-name = Visits
guide-fee-name = Fee
guide-free = Free
guide-fees-not-said = It is not published whether there is a fee. Please call and ask.
guide-fees-not-said-no-phone = It is not published whether there is a fee. Please call the hotline 12345 and ask.
guide-free-text = Free of charge.
guide-charged = Charged
guide-visit-reason = Why a visit: { "" }
guide-place = Which township or subdistrict are you in?
guide-place-choose = Choose one
guide-place-why = Each township and subdistrict handles this for itself. Once you choose, this page shows your office, and your application goes there.
guide-place-chosen = Your application goes to the office you chose. It is remembered, and you can change it at any time.
guide-place-missing = One thing is missing: choose your township or subdistrict first.
guide-place-elsewhere = Which place do you want to see?
guide-place-elsewhere-why = Each place handles this for itself. Choose one to see its address and telephone.
guide-place-elsewhere-chosen = You are looking at this place. An application made from here goes there.
guide-place-live-here = I am here. Show this place from now on
guide-of-elsewhere = This is how { $name } handles it, and not where you are.
guide-of-township = This is how { $name } handles it. If you are here, choose “I am here” below.
guide-see-own = See where I am
guide-county-missing = Your county’s guides are not on this device yet. This is how { $name } handles it.
guide-nobody-here = Nobody in your county handles this. Of the places on this device, { $name } does.

guide-materials-name = What to prepare
guide-materials = What to prepare ({ $count })
guide-materials-not-said = It is not published what to hand in. Please call before you go, or call the hotline 12345.
guide-no-materials = Nothing has to be handed in.
guide-situations = You will be asked the following first, and only for the materials that your answers need:
guide-by-situation = Depends
guide-exempt = Not needed from you
guide-exempt-text = The departments check this among themselves.
guide-licence-stands = E-licence accepted
guide-notes = How to prepare it: { "" }
guide-standard = Accepted when: { "" }
guide-basis = Basis: { "" }
guide-originals = Originals: { $count }
guide-copies = Copies: { $count }
guide-originals-and-copies = Originals: { $originals }, copies: { $copies }
guide-paper = On paper
guide-electronic = Electronic
guide-paper-or-electronic = On paper or electronic

guide-conditions = Who can apply
guide-steps = How it is handled
guide-step-days = Working days: { $days }
guide-special = { $name } may be needed: up to { $days } working days, which do not count towards the limit.
guide-fees = Fees
guide-fee = Fee
guide-fee-standard = Amount
guide-fee-reduction = Reductions
guide-results = What you get
guide-e-licence = Also as e-licence
guide-office = Where to go, whom to ask
guide-department = Department
guide-division = Place
guide-address = Address
guide-hours = Hours
guide-phone = Questions
guide-complaint-phone = Complaints
guide-services = Also offered
guide-appointment = appointments
guide-online-payment = online payment
guide-courier = delivery of the result
guide-questions = Frequent questions
guide-laws = Legal basis
guide-particulars = Official particulars
guide-type = Type of service
guide-project-type = Handling
guide-audience = Whom it serves
guide-channels = Channels
guide-level = Level
guide-statutory = Statutory limit
guide-depth = Online depth
guide-scope = Cross-region handling
guide-scope-province = Anywhere in the province
guide-scope-cross-province = Across provinces
guide-joint = Joint departments
guide-basic-code = Basic code
guide-code = Implementation code
guide-version = Version
guide-effective = In force since

guide-start = Apply now
guide-starting = Opening the form…
guide-not-in-use = This service is suspended; no application can be made now. The telephone above answers questions.
guide-not-in-use-no-phone = This service is suspended; no application can be made now. The hotline 12345 answers questions.
guide-no-form = You cannot apply for this from here yet
guide-no-form-window = Please bring the materials above to the office during its hours. You can call first.
guide-no-form-window-no-phone = Please bring the materials above to the office during its hours. Call the hotline 12345 first to ask where and when.
guide-no-form-call = Please call the number above and ask how it is handled.
guide-no-form-no-phone = Please call the hotline 12345 and ask where and how it is handled.
guide-sign-in-title = Please sign in first
guide-sign-in-text = An application is filed under your verified identity. Signing in needs the network once; after that you can fill in and file offline.

theme-education = Education
theme-health = Health care
theme-social-assistance = Social assistance
theme-social-welfare = Social welfare
theme-community-service = Community services
theme-marriage = Marriage
theme-funeral = Funerals
theme-social-work = Social work
theme-employment = Employment
theme-social-security = Social security
theme-family-planning = Family planning
theme-housing = Housing
theme-housing-fund = Housing fund
theme-public-safety = Public safety

badge-no-visit = No visit
badge-one-visit = One visit
badge-online = Online
badge-at-once = At once
badge-nearby = Nearby

audience-1 = Individuals
audience-2 = Enterprises
audience-3 = Public institutions
audience-4 = Social organisations
audience-5 = Authorities
audience-6 = Other organisations

channel-1 = At the office
channel-2 = Online
channel-3 = By phone app
channel-4 = By courier

item-type-01 = Licensing
item-type-02 = Penalty
item-type-03 = Coercion
item-type-04 = Levy
item-type-05 = Payment
item-type-06 = Inspection
item-type-07 = Confirmation
item-type-08 = Reward
item-type-09 = Adjudication
item-type-10 = Other power
item-type-20 = Public service

level-1 = State
level-2 = Province
level-3 = City
level-4 = County
level-5 = Township
level-6 = Village or community

project-1 = Handled at once
project-2 = Handled within a limit

necessity-1 = Required
necessity-2 = Optional
necessity-3 = May follow later

source-10 = Prepared by you
source-20 = Issued by an authority
source-30 = From an intermediary
source-99 = Other source
