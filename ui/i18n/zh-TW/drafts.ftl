# An application being written: form, materials, filing.

yes = 是
no = 否

way = 填寫步驟
way-done = 已完成
way-faults = 還差 { $count } 處
part-situation = 情形
part-form = 填寫表單
part-materials = 材料
part-submit = 核對提交

saved = 已保存到本機 { $time }
saving = 正在保存…
saving-failed = 還沒有保存，請看提示

draft-filed-title = 這一件已經提交
draft-filed-text = 提交以後不能直接改。辦到哪一步了，可以在辦件詳情裡看。
draft-filed-look = 看辦理進度

notice-title = 部門請您補正
notice-answer-by = 請在{ $day }前改好
notice-faults = 一次性告知，共 { $count } 處，請逐條改好：
notice-how = 點每一條可以直接到要改的地方。改好後在最下面重新提交，沒有網路也能提交。
notice-here = 補正要求：
changes-title = 辦事指南有更新
changes-text = 您填過的內容都還在。請看看上面的變化，需要時改一改。

situation-why = 先回答幾個問題，只要您填用得上的內容、交用得上的材料。

field-optional = 選填
choice-none = 請選擇
choice-clear = 不選了
division-choose = 請選擇{ $level }
division-chosen = 已選：
level-province = 省份
level-city = 市（州）
level-county = 區縣
level-township = 鄉鎮、街道
level-village = 村、社區

list-add = 加入{ $label }
list-entry = { $label } { $number }
list-remove = 刪除
list-remove-title = 刪除「{ $label } { $number }」？
list-remove-text = 這一項裡填的內容會一起刪除。

materials-hint = 可以拍照，也可以選手機或電腦裡的照片、PDF，每個檔案不超過 50 MB。
material-paper-only = 這份材料要交紙質的，不用在這裡加入；請按指南上的地址送到或寄到窗口。
use-licence = 使用已有證照：{ $name }
attach = 選擇照片或 PDF
attach-more = 再加入一個
attach-photo = 拍照
attached-to = { $name }：已加入的檔案
attachment-licence = 電子證照
attachment-look = 查看
attachment-remove = 移除
attachment-remove-title = 移除這個檔案？
attachment-remove-licence-title = 移除這張證照？
attachment-remove-confirm = 確認移除
attachment-remove-text = 只從這份申請裡移除，您手機或電腦裡的原檔案還在。
attachment-remove-licence = 只是這份申請不再使用它，證照還在您的證照夾裡。
attachment-being-read = 正在讀取 { $name }
attachment-being-kept = 正在檢查並保存 { $name }…
attachment-being-removed = 正在移除…
licence-being-used = 正在引用證照…
preview-picture = 已加入的圖片：{ $name }
preview-close = 關閉圖片

filing-online = 提交前會請您把填的內容再核對一遍。
filing-offline = 現在沒有網路，也可以提交：先安全存在本機，連上網路後自動發送。
filing-submit = 提交申請
filing-waiting = 正在保存…
filing-faults = 還有 { $count } 處需要填寫或修改
filing-clear = 都填好了，可以提交。
review-title = 請核對您填的內容
review-nothing = 沒有填
review-back = 返回修改
review-confirm = 確認提交
review-filing = 正在提交…
review-online = 確認無誤後提交。材料較大時發送要一會兒，可以先做別的事。
review-offline = 現在沒有網路。提交後會排隊，連上網路後自動發送，不用再操作。
discard = 刪除這份草稿
discard-title = 刪除這份草稿？
discard-text = 填寫的內容和加入的檔案都會從本機刪除，找不回來。
discard-confirm = 確認刪除
discarded = 草稿已刪除
