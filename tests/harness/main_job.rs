//! The main job, end to end, as a person does it: the story that the tour narrates and
//! the test holds. Each chapter leaves the page where the next begins.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, ensure};

use crate::{
    page::{eventually, with_id},
    samples,
    stage::{LI_XIULAN, Stage},
    window::{LAPTOP, PHONE, Window},
};

/// The item that is applied for.
const RESTAURANT: &str = "食品经营许可（餐饮店开办）";
/// The item that the licence then serves as a material for.
const SIGN: &str = "户外招牌";
/// Time that departments and network may take.
const LONG: Duration = Duration::from_secs(60);

/// Tells the story, and takes its pictures.
#[derive(Debug)]
pub struct Tour {
    pictures: PathBuf,
    number: u32,
}

impl Tour {
    /// A tour whose pictures go to `pictures`, which is emptied before.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn with_pictures_in(pictures: PathBuf) -> Result<Self> {
        if pictures.exists() {
            std::fs::remove_dir_all(&pictures)?;
        }
        std::fs::create_dir_all(&pictures)?;
        Ok(Self { pictures, number: 0 })
    }

    #[allow(clippy::print_stdout)] // It narrates on the terminal.
    fn tell(&self, words: &str) {
        println!("· {words}");
    }

    /// File of the next picture.
    fn next(&mut self, name: &str) -> PathBuf {
        self.number += 1;
        self.pictures.join(format!("{:02}-{name}.png", self.number))
    }

    /// Takes a picture of the window, once whatever moves into place has done so.
    async fn picture(&mut self, window: &Window, name: &str) -> Result<()> {
        window.picture(&self.next(name)).await
    }

    /// Plays the whole story.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub async fn play(&mut self, stage: &mut Stage) -> Result<()> {
        let window = self.begin(stage).await?;
        self.read_offline(stage, &window).await?;
        let half_written = self.leave_a_draft(&window).await?;
        self.fill_in(stage, &window).await?;
        self.file_offline(&window).await?;
        let window = self.survive(stage, window, &half_written).await?;
        self.send(stage, &window).await?;
        self.mend(stage, &window).await?;
        self.hold_the_licence(stage, &window).await?;
        window.close().await
    }

    /// First start: county, then sign-in by the system's browser.
    async fn begin(&mut self, stage: &Stage) -> Result<Window> {
        self.tell("第一次打开：选择所在的区县，指南存到本机。");
        let window = stage.open().await?;
        let page = &window.page;
        page.says("先选您所在的区县").await?;
        self.picture(&window, "welcome").await?;
        page.press("先选您所在的区县").await?;
        for division in ["宜昌市", "夷陵区"] {
            page.press(division).await?;
        }
        page.says_within("办事指南已经存好", LONG).await?;
        self.picture(&window, "county").await?;

        self.tell("登录一次：系统浏览器里的统一身份认证。");
        page.press("登录").await?;
        page.press("打开浏览器登录").await?;
        page.says("请在浏览器里完成登录").await?;
        let browser = stage.sign_in(LI_XIULAN).await?;
        page.says_within("按主题找", LONG).await?;
        browser.page.picture(&self.next("browser-returns")).await?;
        page.says_within("已连接", LONG).await?;
        page.says("劳动就业").await?;
        self.picture(&window, "home").await?;
        page.tab("我的").await?;
        page.says_within("李秀兰", LONG).await?;
        self.picture(&window, "signed-in").await?;
        Ok(window)
    }

    /// The network is cut; searching and reading go on.
    async fn read_offline(&mut self, stage: &mut Stage, window: &Window) -> Result<()> {
        self.tell("网络断了：平台真的连不上。用平常话照样查指南。");
        stage.link.cut().await;
        let page = &window.page;
        page.says_within("离线", LONG).await?;
        page.tab("首页").await?;
        self.picture(window, "home-offline").await?;
        page.tab("办事").await?;
        page.search("办个饭馆").await?;
        // What was found names the words for which it was.
        page.find("//mark").await?;
        self.picture(window, "search").await?;
        page.press(RESTAURANT).await?;
        page.says("要准备的材料").await?;
        self.picture(window, "guide").await?;
        page.press("关注").await?;
        page.says("已关注，有变化时告诉您").await?;
        window.resize(LAPTOP).await?;
        self.picture(window, "guide-laptop").await?;
        window.resize(PHONE).await
    }

    /// Another draft, left half written.
    async fn leave_a_draft(&mut self, window: &Window) -> Result<String> {
        self.tell("先写半份别的申请，放着。");
        let page = &window.page;
        page.tab("办事").await?;
        page.search("高龄津贴").await?;
        page.press("高龄津贴").await?;
        // Each township handles it: nothing begins before the person says where they are.
        page.press("开始办理").await?;
        page.says("夷陵区各乡镇、街道").await?;
        self.picture(window, "guide-without-place").await?;
        page.choose_from("guide-place", "小溪塔").await?;
        page.find("//*[@class='glance-office'][contains(., '小溪塔')]").await?;
        self.picture(window, "guide-with-place").await?;
        page.press("开始办理").await?;
        let first = page.find("//input[@type='text' or not(@type)]").await?;
        let id = first.attr("id").await?.context("a field without an id")?;
        page.fill(&id, "王桂香").await?;
        // The contract: kept within half a second of the last keystroke.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(id)
    }

    /// The application itself: situation, form, materials.
    async fn fill_in(&mut self, stage: &Stage, window: &Window) -> Result<()> {
        self.tell("填写申请：情形、表单（按回答出现的问题、校验身份证号、地区）、材料。");
        let page = &window.page;
        page.tab("办事").await?;
        page.search("食品经营许可").await?;
        page.press(RESTAURANT).await?;
        page.press("开始办理").await?;
        page.choose("", "个人（个体工商户）").await?;
        page.choose("", "租赁").await?;

        page.fill("at-answers-applicant-name", "李秀兰").await?;
        page.fill("at-answers-applicant-mobile", "13800138000").await?;
        page.fill("at-answers-applicant-id_number", "340524198001010011").await?;
        page.click(&with_id("at-answers-applicant-mobile")).await?;
        page.says("末位与前 17 位不符").await?;
        self.picture(window, "wrong-id-number").await?;
        page.fill("at-answers-applicant-id_number", "34052419800101001X").await?;

        page.fill("at-answers-shop-name", "秀兰小厨").await?;
        page.choose_from("at-answers-shop-address-division.9", "小溪塔").await?;
        page.fill("at-answers-shop-address-detail", "平云一路 8 号").await?;
        page.fill("at-answers-shop-area", "46").await?;
        page.fill("at-answers-shop-seats", "20").await?;
        page.choose(&with_id("at-answers-shop-categories"), "热食").await?;
        ensure!(!page.says_now("供气单位").await?, "a hidden question is shown");
        page.choose(&with_id("at-answers-shop-uses_gas"), "是").await?;
        page.choose(&with_id("at-answers-shop-gas_kind"), "瓶装液化气").await?;
        page.choose(&with_id("at-answers-shop-gas_alarm"), "是").await?;
        page.fill("at-answers-shop-gas_supplier", "夷陵燃气公司").await?;
        self.picture(window, "form").await?;
        page.choose(&with_id("at-answers-shop-has_cold_dishes"), "否").await?;
        page.choose(&with_id("at-answers-shop-delivery"), "否").await?;
        page.fill("at-answers-shop-waste_collector", "夷陵环卫中心").await?;
        page.press("添加从业人员").await?;
        page.fill("at-answers-staff-0-name", "李秀兰").await?;
        page.fill("at-answers-staff-0-id_number", "34052419800101001X").await?;
        page.fill("at-answers-staff-0-health_certificate_no", "鄂健 2026-0815").await?;
        page.choose("", "我承诺").await?;

        let files = stage.folder().join("files");
        for (material, file) in [
            ("premises_photo", samples::photo(&files, "店面门头.jpg")?),
            ("id_card", samples::photo(&files, "身份证.jpg")?),
            ("lease", samples::pdf(&files, "租赁合同.pdf")?),
            ("health_certificate", samples::pdf(&files, "健康证明.pdf")?),
        ] {
            page.hand_in(&with_id(&format!("at-materials-{material}-file")), &file).await?;
            let name = file.file_name().and_then(|n| n.to_str()).context("a file name")?;
            let card = with_id(&format!("at-materials-{material}"));
            page.find(&format!("{card}//li[contains(normalize-space(.), '{name}')]")).await?;
        }
        self.picture(window, "materials").await?;
        window.resize(LAPTOP).await?;
        self.picture(window, "draft-laptop").await?;
        window.resize(PHONE).await
    }

    /// Filing without a network: queued, with a receipt.
    async fn file_offline(&mut self, window: &Window) -> Result<()> {
        self.tell("离线提交：排队等候，有回执。");
        let page = &window.page;
        page.press("提交申请").await?;
        page.says("请核对您填的内容").await?;
        self.picture(window, "review").await?;
        page.press("确认提交").await?;
        page.says("等待发送").await?;
        page.says("核验码").await?;
        self.picture(window, "receipt-queued").await
    }

    /// The app is killed; everything is there again.
    async fn survive(
        &mut self,
        stage: &Stage,
        window: Window,
        half_written: &str,
    ) -> Result<Window> {
        self.tell("强行结束应用（SIGKILL），再打开：申请和半份草稿都在。");
        window.kill().await?;
        let window = stage.open().await?;
        let page = &window.page;
        page.tab("我的办件").await?;
        page.says(RESTAURANT).await?;
        page.says("待发送").await?;
        page.says("草稿").await?;
        self.picture(&window, "items-after-kill").await?;
        page.press("高龄津贴").await?;
        eventually("the half-written answer", LONG, async || {
            Ok((page.value(half_written).await? == "王桂香").then_some(()))
        })
        .await?;
        Ok(window)
    }

    /// The network returns: sent without a click, accepted, handled.
    async fn send(&mut self, stage: &mut Stage, window: &Window) -> Result<()> {
        self.tell("网络恢复：不用点，申请自动发出，收到收件编号；部门开始办理。");
        let page = &window.page;
        page.tab("我的办件").await?;
        page.press(RESTAURANT).await?;
        page.says("待发送").await?;
        stage.link.mend().await?;
        page.says_within("收件编号", LONG).await?;
        self.picture(window, "accepted").await?;
        page.says_within("予以受理", LONG).await?;
        eventually("notifications", LONG, async || {
            let shown = stage.notifications.shown();
            Ok(shown.iter().any(|n| n.title.contains("食品经营许可")).then_some(()))
        })
        .await
    }

    /// One department lists every fault; it is mended offline and sent when possible.
    async fn mend(&mut self, stage: &mut Stage, window: &Window) -> Result<()> {
        self.tell("部门一次性告知要补正的地方；断网也能改好，联网后自动发出。");
        let page = &window.page;
        page.says_within("去修改", LONG).await?;
        self.picture(window, "correction").await?;
        stage.link.cut().await;
        page.press("去修改").await?;
        page.says("部门请您补正").await?;
        self.picture(window, "correction-notice").await?;
        page.fill("at-answers-shop-address-detail", "平云一路 8 号 1 栋 101 室").await?;
        let photo = samples::photo(stage.folder(), "门头重拍.jpg")?;
        page.hand_in(&with_id("at-materials-premises_photo-file"), &photo).await?;
        let card = with_id("at-materials-premises_photo");
        page.find(&format!("({card}//li)[2]")).await?;
        page.press("提交申请").await?;
        page.press("确认提交").await?;
        page.says("等待发送").await?;
        stage.link.mend().await?;
        page.says_within("看办理进度", LONG).await?;
        page.press("看办理进度").await?;
        page.says_within("办好了", LONG).await?;
        self.picture(window, "approved").await?;
        window.resize(LAPTOP).await?;
        self.picture(window, "approved-laptop").await?;
        window.resize(PHONE).await
    }

    /// The licence: readable offline, and a material of the next application.
    async fn hold_the_licence(&mut self, stage: &mut Stage, window: &Window) -> Result<()> {
        self.tell("证照进了证照夹，离线可读；下一件申请可以直接用它。");
        stage.link.cut().await;
        let page = &window.page;
        page.tab("证照").await?;
        page.says("食品经营许可证").await?;
        self.picture(window, "wallet").await?;
        page.press("食品经营许可证").await?;
        page.says("本机已核验").await?;
        self.picture(window, "licence").await?;
        page.tab("办事").await?;
        page.search(SIGN).await?;
        page.press(SIGN).await?;
        page.press("开始办理").await?;
        page.choose("", "餐饮").await?;
        page.press("使用已有证照").await?;
        page.says("电子证照").await?;
        self.picture(window, "licence-as-material").await?;
        stage.link.mend().await
    }
}
