# Regions whose guides are kept on this device, and what versions changed.

title-regions = 添加地区
title-changes = 指南改动

catalogue-bytes = 占用空间
kept = 存在本机的地区
kept-own = 所在区县
kept-awaited = 还没有下载好，有网络时会自动下载
kept-called-off = 好，不再下载了
kept-call-off = 不下载了
kept-call-off-label = 不下载{ $name }的办事指南了
kept-add = 添加地区
kept-see-changes = 看看指南有哪些改动
kept-drop = 删除
kept-drop-label = 删除{ $name }的办事指南
kept-drop-title = 删除{ $name }的办事指南？
kept-drop-text = 只删存在这台设备上的指南，不影响您的草稿、办件和证照。以后要用，可以再下载。
kept-drop-with-own = 您的区县也在里面，它的指南会留着：有网络时单独下载区县的一份，下好了再删大的这份。
kept-dropped = 已删除{ $name }的办事指南
kept-drop-later = 已记下，下好区县的指南以后就删

regions-why = 除了您的区县，还可以把别处的办事指南也存到本机，没有网络时一样能查。
regions-chosen = 正在看
regions-up = （点这里回上一级）
regions-whole-province = { $name }（全省）
regions-whole-city = { $name }（全市）
regions-in-province = 各市、州
regions-in-city = 各县（市、区）
regions-look = ，看里面的地区
regions-size = 下载 { $bytes }，存好约占 { $room }
regions-kept = 已存在本机
regions-within = 已包含在{ $name }里
regions-fetch = 下载
regions-fetch-label = 下载{ $name }的办事指南
regions-fetching = 正在下载{ $name }的办事指南
regions-fetching-text = 可以先做别的事。断了会从断的地方接着下。
regions-fetched = { $name }的办事指南已经存好
regions-none = 这里还没有可以下载的地区
regions-none-text = 平台还没有发布，请过些时候再来看。

changes-version = { $day } 发布（第 { $version } 版）
changes-added = 新增
changes-changed = 有改动
changes-removed = 已取消
changes-none = 还没有改动
changes-none-text = 以后指南更新了，新增、改动和取消的事项会列在这里。
changes-hint = 只列存在本机的指南。已取消的事项不再办理，没有指南可看。
