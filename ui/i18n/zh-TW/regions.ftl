# Regions whose guides are kept on this device, and what versions changed.

title-regions = 新增地區
title-changes = 指南改動

catalogue-bytes = 佔用空間
kept = 存在本機的地區
kept-own = 所在區縣
kept-awaited = 還沒有下載好，有網路時會自動下載
kept-called-off = 好，不再下載了
kept-call-off = 不下載了
kept-call-off-label = 不下載{ $name }的辦事指南了
kept-add = 新增地區
kept-see-changes = 看看指南有哪些改動
kept-drop = 刪除
kept-drop-label = 刪除{ $name }的辦事指南
kept-drop-title = 刪除{ $name }的辦事指南？
kept-drop-text = 只刪存在這台裝置上的指南，不影響您的草稿、辦件和證照。以後要用，可以再下載。
kept-drop-with-own = 您的區縣也在裡面，它的指南會留著：有網路時單獨下載區縣的一份，下好了再刪大的這份。
kept-dropped = 已刪除{ $name }的辦事指南
kept-drop-later = 已記下，下好區縣的指南以後就刪

regions-why = 除了您的區縣，還可以把別處的辦事指南也存到本機，沒有網路時一樣能查。
regions-chosen = 正在看
regions-up = （點這裡回上一級）
regions-whole-province = { $name }（全省）
regions-whole-city = { $name }（全市）
regions-in-province = 各市、州
regions-in-city = 各縣（市、區）
regions-look = ，看裡面的地區
regions-size = 下載 { $bytes }，存好約佔 { $room }
regions-kept = 已存在本機
regions-within = 已包含在{ $name }裡
regions-fetch = 下載
regions-fetch-label = 下載{ $name }的辦事指南
regions-fetching = 正在下載{ $name }的辦事指南
regions-fetching-text = 可以先做別的事。斷了會從斷的地方接著下。
regions-fetched = { $name }的辦事指南已經存好
regions-none = 這裡還沒有可以下載的地區
regions-none-text = 平臺還沒有發布，請過些時候再來看。

changes-version = { $day } 發布（第 { $version } 版）
changes-added = 新增
changes-changed = 有改動
changes-removed = 已取消
changes-none = 還沒有改動
changes-none-text = 以後指南更新了，新增、改動和取消的事項會列在這裡。
changes-hint = 只列存在本機的指南。已取消的事項不再辦理，沒有指南可看。
