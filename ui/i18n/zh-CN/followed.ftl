# Following guides, and what they say differently.

title-followed = 关注的指南
list-comma = 、

follow = 关注
follow-on = 已关注
follow-why = 关注以后，这份指南有变化时会告诉您。
follow-elsewhere = 您关注的是{ $name }的。
follow-done = 已关注，有变化时告诉您
follow-sign-in-text = 关注的指南记在您自己的名下，别人看不到。登录要用一次网络。
unfollow = 不再关注
unfollow-done = 已取消关注
unfollow-label = 不再关注{ $name }

changed-title = 您看过以后，有 { $count } 处变化
changed-since = 与您{ $time }看到的相比：
changed-seen = 看过了
difference-before = 原来
difference-after = 现在
difference-nothing = 没有
difference-condition-changed = 什么情况下要交这项材料，有调整。办理时按提示选，会告诉您要不要交。
difference-copies = { $count } 份
difference-licence = 电子证照 { $code }
differences-all = { $names }有变化
differences-more = { $names }等 { $count } 处有变化

home-followed = 关注的指南有变化（{ $count }）
followed-look = 去看看
followed-none = 还没有关注的指南
followed-none-text = 打开一份办事指南，点“关注”。以后它的材料、时限、地址有变化，会在首页告诉您。
followed-signed-out = 登录后可以关注指南
followed-hint = 每次更新指南后都会比一比。没有网络时，看到的是上次更新的情况。
followed-same = 没有变化（{ $time } 看过）
followed-gone = 这里已经不再办理这件事，指南取消了。
followed-not-kept = 本机没有存这个地区的指南，不知道有没有变化。
