# An application being written: form, materials, filing.

yes = 是
no = 否

way = 填写步骤
way-done = 已完成
way-faults = 还差 { $count } 处
part-situation = 情形
part-form = 填写表单
part-materials = 材料
part-submit = 核对提交

saved = 已保存到本机 { $time }
saving = 正在保存…
saving-failed = 还没有保存，请看提示

draft-filed-title = 这一件已经提交
draft-filed-text = 提交以后不能直接改。办到哪一步了，可以在办件详情里看。
draft-filed-look = 看办理进度

notice-title = 部门请您补正
notice-answer-by = 请在{ $day }前改好
notice-faults = 一次性告知，共 { $count } 处，请逐条改好：
notice-how = 点每一条可以直接到要改的地方。改好后在最下面重新提交，没有网络也能提交。
notice-here = 补正要求：
changes-title = 办事指南有更新
changes-text = 您填过的内容都还在。请看看上面的变化，需要时改一改。

situation-why = 先回答几个问题，只要您填用得上的内容、交用得上的材料。

field-optional = 选填
choice-none = 请选择
choice-clear = 不选了
division-choose = 请选择{ $level }
division-chosen = 已选：
level-province = 省份
level-city = 市（州）
level-county = 区县
level-township = 乡镇、街道
level-village = 村、社区

list-add = 添加{ $label }
list-entry = { $label } { $number }
list-remove = 删除
list-remove-title = 删除“{ $label } { $number }”？
list-remove-text = 这一项里填的内容会一起删除。

materials-hint = 可以拍照，也可以选手机或电脑里的照片、PDF，每个文件不超过 50 MB。
material-paper-only = 这份材料要交纸质的，不用在这里添加；请按指南上的地址送到或寄到窗口。
use-licence = 使用已有证照：{ $name }
attach = 选择照片或 PDF
attach-more = 再添加一个
attach-photo = 拍照
attached-to = { $name }：已添加的文件
attachment-licence = 电子证照
attachment-look = 查看
attachment-remove = 移除
attachment-remove-title = 移除这个文件？
attachment-remove-licence-title = 移除这张证照？
attachment-remove-confirm = 确认移除
attachment-remove-text = 只从这份申请里移除，您手机或电脑里的原文件还在。
attachment-remove-licence = 只是这份申请不再使用它，证照还在您的证照夹里。
attachment-being-read = 正在读取 { $name }
attachment-being-kept = 正在检查并保存 { $name }…
attachment-being-removed = 正在移除…
licence-being-used = 正在引用证照…
preview-picture = 已添加的图片：{ $name }
preview-close = 关闭图片

filing-online = 提交前会请您把填的内容再核对一遍。
filing-offline = 现在没有网络，也可以提交：先安全存在本机，联网后自动发送。
filing-submit = 提交申请
filing-waiting = 正在保存…
filing-faults = 还有 { $count } 处需要填写或修改
filing-clear = 都填好了，可以提交。
review-title = 请核对您填的内容
review-nothing = 没有填
review-back = 返回修改
review-confirm = 确认提交
review-filing = 正在提交…
review-online = 确认无误后提交。材料较大时发送要一会儿，可以先做别的事。
review-offline = 现在没有网络。提交后会排队，联网后自动发送，不用再操作。
discard = 删除这份草稿
discard-title = 删除这份草稿？
discard-text = 填写的内容和添加的文件都会从本机删除，找不回来。
discard-confirm = 确认删除
discarded = 草稿已删除
