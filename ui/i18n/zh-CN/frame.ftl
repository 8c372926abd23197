# Frame, home, first start, signing in, me.

app-name = 通办
cancel = 取消
close = 知道了
back = 返回
continue = 继续
comma = ，
loading = 正在读取…
try-again = 再试一次
skip-to-content = 跳到正文
to-home = 回首页
problem-code = 代码：{ $code }

tabs = 主要栏目
tab-home = 首页
tab-guides = 办事
tab-items = 我的办件
tab-wallet = 证照
tab-me = 我的
tab-attention = { $count } 件要您处理

title-home = 首页
title-county = 选择区县
title-sign-in = 登录
title-guides = 办事指南
title-guide = 办事指南
title-draft = 填写申请
title-items = 我的办件
title-item = 办件详情
title-receipt = 申请回执
title-wallet = 证照
title-licence = 证照详情
title-me = 我的
title-account = 账号
title-sync = 网络与同步
title-catalogue = 本机的办事指南
title-display = 语言与字体
title-about = 关于通办
title-not-found = 没有这个页面

date-day = { $year }年{ $month }月{ $day }日
moment-today = 今天 { $time }
moment-yesterday = 昨天 { $time }
moment-this-year = { $month }月{ $day }日 { $time }
moment-full = { $day } { $time }
progress-stop = 停止下载
progress-of = { $done }，共 { $total }

network-online = 已连接
network-offline = 现在离线
network-unknown = 还没有连接过
network-running = 正在同步…
strip-label = 网络与同步：{ $state }
strip-waiting = { $count } 件等待发送
strip-last = 上次同步：{ $time }
strip-never = 还没有同步过

outside-title = 要离开通办吗？
outside-text = 将在浏览器里打开：{ $host }。请确认这是您要去的网站。
outside-open = 打开

not-found-title = 没有找到这个页面
not-found-text = 它可能已经移走了。

welcome-motto = 查事项、填申请、看进度，有没有网络都能办。
welcome-look = 用平常话就能查
welcome-look-text = 输入“办社保”“开店”这样的话，就能找到要办的事。
welcome-offline = 没有网络也能用
welcome-offline-text = 离线填好就能提交，有网络后自动发出，不会重复。
welcome-safe = 资料只归您
welcome-safe-text = 填写的内容和证照加密保存在这台设备上。
welcome-begin = 先选您所在的区县

county-why = 通办会把您所在区县的办事指南存到本机，没有网络时也能查。
county-chosen-so-far = 已经选了
county-choose-again = （点这里重选）
county-choose-province = 请选择省份
county-choose-city = 请选择市（州）
county-choose-county = 请选择区县
county-none = 这里还没有可选的区县
county-none-text = 请返回上一级，选别的地方。
county-choose-another = 选别的区县
county-list-fetching = 正在下载区县名单
county-none-at-all = 平台还没有发布区县名单，请过些时候再来看。
county-no-guides = { $name }还没有发布办事指南
county-no-guides-text = 可以换一个区县，或者过些时候再更新。
county-fetching = 正在下载{ $name }的办事指南
county-fetching-text = 可以先做别的事。断了会从断的地方接着下。
county-go-on-meanwhile = 先进首页看看
county-ready = { $name }的办事指南已经存好
county-ready-text = 共 { $count } 项，没有网络也能查。登录后可以填写和提交申请。
county-look-first = 先看看，以后再登录

account = 账号
sign-in = 登录
sign-in-again = 重新登录
sign-out = 退出登录
signed-in = 已登录
signed-out = 已退出登录，没发出的都还在本机
sign-in-title = 用统一身份认证登录
sign-in-text = 点下面的按钮，会打开系统浏览器。请在浏览器里登录，完成后自动回到这里。
sign-in-again-text = 您的登录已经到期。重新登录后，没有发出的申请会接着发。
sign-in-step-up-text = 要办的事需要{ $level }。请在打开的网页上，用达到这个等级的账号登录；填好的内容都还在。
sign-in-open-browser = 打开浏览器登录
sign-in-safe = 通办看不到您的密码。登录只用一次网络，之后离线也能填写和提交。
signing-in-title = 请在浏览器里完成登录
signing-in-text = 浏览器已经打开。登录好以后会自动回到这里；如果没有看到浏览器，请看看任务栏或别的窗口。
signing-in-cancel = 不登录了

home-county-missing = 您选的区县的指南还没有下载
home-change-county = 换区县
home-signed-out = 登录后可以填写、提交申请，看办理进度。
home-signing-in = 正在等您在浏览器里登录。
home-session-ended = 登录已经到期。您填的、没发出的都还在；重新登录后接着发。
home-attention = 要您处理（{ $count }）
home-attention-draft = 还没有填完
home-attention-look = 请打开看看
home-due = 承诺{ $day }前办结
home-drafts = 接着填
home-draft-kept = { $time } 已保存在本机
home-draft-go-on = 接着填
home-themes = 按主题找
home-no-guides = 本机还没有办事指南
home-no-guides-text = 连上网络后下载一次，以后没有网络也能查。

catalogue-sample = 示例目录，仅供演示，不能当作办事依据。
catalogue-fetching = 正在下载办事指南
see-catalogue = 去看看

account-signed-out = 还没有登录
account-signed-out-text = 点这里登录
account-signing-in-text = 正在等您在浏览器里登录
account-session-ended = 登录已到期，请重新登录
account-signed-in-as = { $name }，您已登录
account-name = 姓名
account-id = 身份证号
account-assurance = 实名等级
assurance-1 = 未实名
assurance-2 = 初级实名
assurance-3 = 高级实名
sign-out-hint = 退出不会删除任何没有发出的申请和草稿；它们加密留在本机，再登录就能接着办。
sign-out-of-browser = 在浏览器里也退出登录（多人共用的电脑）
sign-out-title = 要退出登录吗？
sign-out-nothing-unsent = 没有等待发送的申请。您的证照和办件加密留在本机，再登录就能看到。
sign-out-unsent = 还有 { $drafts } 份草稿、{ $outbox } 件等待发送。它们会加密留在本机，不会丢失；在您重新登录以前不会发出。

sync-done = 同步好了
sync-last = 上次同步
sync-never = 还没有过
sync-next = 下次自动尝试
sync-waiting = 等待发送
sync-waiting-count = { $count } 件
sync-now = 现在同步
sync-see-items = 看看是哪些
sync-courier = 网络一直不通？导出密封件，请人代送
sync-nothing-waits = 没有等待发送的申请。
sync-something-waits = { $count } 件申请等待发送，都安全存在本机。
sync-hint = 有网络时会自动同步，不用一直开着这一页。

catalogue-guides = 办事指南
catalogue-version = 版本
catalogue-published = 发布时间
catalogue-checked = 上次核对
catalogue-update = 检查更新
catalogue-updating = 正在更新…
catalogue-updated = 已经是最新的办事指南
catalogue-hint = 更新时还能照常查；下载的内容核对无误后才会换上。

display-language = 界面语言
display-language-hint = 办事指南和平台的通知以简体中文为准。
care-mode = 关怀模式
care-mode-hint = 字更大，按钮更大，看得清、点得准。

about-version = 版本
about-platform = 连接的平台
about-privacy = 您的资料
about-privacy-text = 草稿、附件、证照和办件加密保存在这台设备上，只在您提交时发给办理部门。登录凭据存在系统的钥匙串里。
about-licence = 开放源代码
about-licence-text = 通办以 Apache-2.0 许可证发布。界面样式使用 WeUI（MIT 许可证，腾讯）。

me-hint = 从左边选一项查看。
