# Frame, home, first start, signing in, me.

app-name = 通辦
cancel = 取消
close = 知道了
back = 返回
continue = 繼續
comma = ，
loading = 正在讀取…
try-again = 再試一次
skip-to-content = 跳到正文
to-home = 回首頁
problem-code = 程式碼：{ $code }

tabs = 主要欄目
tab-home = 首頁
tab-guides = 辦事
tab-items = 我的辦件
tab-wallet = 證照
tab-me = 我的
tab-attention = { $count } 件要您處理

title-home = 首頁
title-county = 選擇區縣
title-sign-in = 登入
title-guides = 辦事指南
title-guide = 辦事指南
title-draft = 填寫申請
title-items = 我的辦件
title-item = 辦件詳情
title-receipt = 申請回執
title-wallet = 證照
title-licence = 證照詳情
title-me = 我的
title-account = 帳號
title-sync = 網路與同步
title-catalogue = 本機的辦事指南
title-display = 語言與字體
title-about = 關於通辦
title-not-found = 沒有這個頁面

date-day = { $year }年{ $month }月{ $day }日
moment-today = 今天 { $time }
moment-yesterday = 昨天 { $time }
moment-this-year = { $month }月{ $day }日 { $time }
moment-full = { $day } { $time }
progress-stop = 停止下載
progress-of = { $done }，共 { $total }

network-online = 已連線
network-offline = 現在離線
network-unknown = 還沒有連線過
network-running = 正在同步…
strip-label = 網路與同步：{ $state }
strip-waiting = { $count } 件等待送出
strip-last = 上次同步：{ $time }
strip-never = 還沒有同步過

outside-title = 要離開通辦嗎？
outside-text = 將在瀏覽器裡開啟：{ $host }。請確認這是您要去的網站。
outside-open = 開啟

not-found-title = 沒有找到這個頁面
not-found-text = 它可能已經移走了。

welcome-motto = 查事項、填申請、看進度，有沒有網路都能辦。
welcome-look = 用平常話就能查
welcome-look-text = 輸入「辦社保」「開店」這樣的話，就能找到要辦的事。
welcome-offline = 沒有網路也能用
welcome-offline-text = 離線填好就能提交，有網路後自動發出，不會重複。
welcome-safe = 資料只歸您
welcome-safe-text = 填寫的內容和證照加密保存在這台裝置上。
welcome-begin = 先選您所在的區縣

county-why = 通辦會把您所在區縣的辦事指南存到本機，沒有網路時也能查。
county-chosen-so-far = 已經選了
county-choose-again = （點這裡重選）
county-choose-province = 請選擇省份
county-choose-city = 請選擇市（州）
county-choose-county = 請選擇區縣
county-none = 這裡還沒有可選的區縣
county-none-text = 請返回上一級，選別的地方。
county-choose-another = 選別的區縣
county-list-fetching = 正在下載區縣名單
county-none-at-all = 平台還沒有發布區縣名單，請過些時候再來看。
county-no-guides = { $name }還沒有發布辦事指南
county-no-guides-text = 可以換一個區縣，或者過些時候再更新。
county-fetching = 正在下載{ $name }的辦事指南
county-fetching-text = 可以先做別的事。斷了會從斷的地方接著下。
county-go-on-meanwhile = 先進首頁看看
county-ready = { $name }的辦事指南已經存好
county-ready-text = 共 { $count } 項，沒有網路也能查。登入後可以填寫和提交申請。
county-look-first = 先看看，以後再登入

account = 帳號
sign-in = 登入
sign-in-again = 重新登入
sign-out = 退出登入
signed-in = 已登入
signed-out = 已退出登入，沒發出的都還在本機
sign-in-title = 用統一身份認證登入
sign-in-text = 點下面的按鈕，會開啟系統瀏覽器。請在瀏覽器裡登入，完成後自動回到這裡。
sign-in-again-text = 您的登入已經到期。重新登入後，沒有發出的申請會接著發。
sign-in-step-up-text = 要辦的事需要{ $level }。請在打開的網頁上，用達到這個等級的帳號登入；填好的內容都還在。
sign-in-open-browser = 開啟瀏覽器登入
sign-in-safe = 通辦看不到您的密碼。登入只用一次網路，之後離線也能填寫和提交。
signing-in-title = 請在瀏覽器裡完成登入
signing-in-text = 瀏覽器已經開啟。登入好以後會自動回到這裡；如果沒有看到瀏覽器，請看看工作列或別的視窗。
signing-in-cancel = 不登入了

home-county-missing = 您選的區縣的指南還沒有下載
home-change-county = 換區縣
home-signed-out = 登入後可以填寫、提交申請，看辦理進度。
home-signing-in = 正在等您在瀏覽器裡登入。
home-session-ended = 登入已經到期。您填的、沒發出的都還在；重新登入後接著發。
home-attention = 要您處理（{ $count }）
home-attention-draft = 還沒有填完
home-attention-look = 請打開看看
home-due = 承諾{ $day }前辦結
home-drafts = 接著填
home-draft-kept = { $time } 已保存在本機
home-draft-go-on = 接著填
home-themes = 按主題找
home-no-guides = 本機還沒有辦事指南
home-no-guides-text = 連上網路後下載一次，以後沒有網路也能查。

catalogue-sample = 示例目錄，僅供示範，不能當作辦事依據。
catalogue-fetching = 正在下載辦事指南
see-catalogue = 去看看

account-signed-out = 還沒有登入
account-signed-out-text = 點這裡登入
account-signing-in-text = 正在等您在瀏覽器裡登入
account-session-ended = 登入已到期，請重新登入
account-signed-in-as = { $name }，您已登入
account-name = 姓名
account-id = 身份證號
account-assurance = 實名等級
assurance-1 = 未實名
assurance-2 = 初級實名
assurance-3 = 高級實名
sign-out-hint = 退出不會刪除任何沒有發出的申請和草稿；它們加密留在本機，再登入就能接著辦。
sign-out-of-browser = 在瀏覽器裡也登出（多人共用的電腦）
sign-out-title = 要退出登入嗎？
sign-out-nothing-unsent = 沒有等待送出的申請。您的證照和辦件加密留在本機，再登入就能看到。
sign-out-unsent = 還有 { $drafts } 份草稿、{ $outbox } 件等待送出。它們會加密留在本機，不會丟失；在您重新登入以前不會發出。

sync-done = 同步好了
sync-last = 上次同步
sync-never = 還沒有過
sync-next = 下次自動嘗試
sync-waiting = 等待送出
sync-waiting-count = { $count } 件
sync-now = 現在同步
sync-see-items = 看看是哪些
sync-courier = 網路一直不通？匯出密封件，請人代送
sync-nothing-waits = 沒有等待送出的申請。
sync-something-waits = { $count } 件申請等待送出，都安全存在本機。
sync-hint = 有網路時會自動同步，不用一直開著這一頁。

catalogue-guides = 辦事指南
catalogue-version = 版本
catalogue-published = 釋出時間
catalogue-checked = 上次核對
catalogue-update = 檢查更新
catalogue-updating = 正在更新…
catalogue-updated = 已經是最新的辦事指南
catalogue-hint = 更新時還能照常查；下載的內容核對無誤後才會換上。

display-language = 介面語言
display-language-hint = 辦事指南和平臺的通知以簡體中文為準。
care-mode = 關懷模式
care-mode-hint = 字更大，按鈕更大，看得清、點得準。

about-version = 版本
about-platform = 連線的平臺
about-privacy = 您的資料
about-privacy-text = 草稿、附件、證照和辦件加密保存在這台裝置上，只在您提交時發給辦理部門。登入憑據存在系統的鑰匙串裡。
about-licence = 開放原始碼
about-licence-text = 通辦以 Apache-2.0 授權條款釋出。介面樣式使用 WeUI（MIT 授權條款，騰訊）。

me-hint = 從左邊選一項查看。
