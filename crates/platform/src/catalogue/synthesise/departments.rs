//! The departments that carry items out: what they are called at each level, and their windows.

use super::reach::Tier;

/// A department (部门).
pub(super) struct Department {
    /// Two digits of it in a basic code.
    pub(super) number: &'static str,
    /// Its name in the province; `{name}` stands for the division's.
    province: &'static str,
    /// Its name in a city or county.
    local: &'static str,
    /// What people call it.
    pub(super) called: &'static str,
    /// Its window in the hall.
    pub(super) window: &'static str,
}

impl Department {
    const fn new(
        number: &'static str,
        [province, local]: [&'static str; 2],
        called: &'static str,
        window: &'static str,
    ) -> Self {
        Self { number, province, local, called, window }
    }

    /// Its name in a division; a township has one centre for all departments.
    pub(super) fn name(&self, tier: Tier, division: &str) -> String {
        let name = match tier {
            Tier::Province => self.province,
            Tier::City | Tier::County => self.local,
            Tier::Township => "{name}便民服务中心",
        };
        name.replace("{name}", division)
    }

    /// What steps call it: the name without a division and what stands before that.
    pub(super) fn plain_name(&self, tier: Tier) -> String {
        let name = self.name(tier, "/");
        name.rsplit('/').next().unwrap_or(&name).to_owned()
    }
}

macro_rules! departments {
    ($($name:ident = $number:literal, $province:literal, $local:literal, $called:literal, $window:literal;)*) => {
        $(pub(super) static $name: Department =
            Department::new($number, [$province, $local], $called, $window);)*
    };
}

departments! {
    DEVELOPMENT = "04", "{name}发展和改革委员会", "{name}发展和改革局", "发改部门", "投资项目窗口";
    EDUCATION = "05", "{name}教育厅", "{name}教育局", "教育部门", "教育窗口";
    SCIENCE = "06", "{name}科学技术厅", "{name}科学技术局", "科技部门", "科技服务窗口";
    INDUSTRY = "07", "{name}经济和信息化厅", "{name}经济和信息化局", "经信部门", "工业和信息化窗口";
    ETHNIC = "08", "{name}民族宗教事务委员会", "{name}民族宗教事务局", "民宗部门", "民族宗教窗口";
    POLICE = "09", "{name}公安厅", "{name}公安局", "公安机关", "公安综合窗口";
    CIVIL = "11", "{name}民政厅", "{name}民政局", "民政部门", "民政窗口";
    JUSTICE = "12", "{name}司法厅", "{name}司法局", "司法行政部门", "公共法律服务窗口";
    FINANCE = "13", "{name}财政厅", "{name}财政局", "财政部门", "财政窗口";
    HUMAN = "14", "{name}人力资源和社会保障厅", "{name}人力资源和社会保障局", "人社部门", "人社综合窗口";
    LAND = "15", "{name}自然资源厅", "{name}自然资源和规划局", "自然资源部门", "自然资源和规划窗口";
    ENVIRONMENT = "16", "{name}生态环境厅", "{name}生态环境局", "生态环境部门", "生态环境窗口";
    BUILDING = "17", "{name}住房和城乡建设厅", "{name}住房和城乡建设局", "住建部门", "工程建设审批窗口";
    TRANSPORT = "18", "{name}交通运输厅", "{name}交通运输局", "交通运输部门", "交通运输窗口";
    WATER = "19", "{name}水利厅", "{name}水利局", "水利部门", "水利窗口";
    FARMING = "20", "{name}农业农村厅", "{name}农业农村局", "农业农村部门", "农业农村窗口";
    COMMERCE = "21", "{name}商务厅", "{name}商务局", "商务部门", "商务窗口";
    CULTURE = "22", "{name}文化和旅游厅", "{name}文化和旅游局", "文旅部门", "文化和旅游窗口";
    HEALTH = "23", "{name}卫生健康委员会", "{name}卫生健康局", "卫健部门", "卫生健康窗口";
    VETERANS = "25", "{name}退役军人事务厅", "{name}退役军人事务局", "退役军人事务部门", "退役军人服务窗口";
    EMERGENCY = "26", "{name}应急管理厅", "{name}应急管理局", "应急管理部门", "应急管理窗口";
    PRESS = "27", "{name}新闻出版局", "{name}新闻出版局", "新闻出版部门", "新闻出版和电影窗口";
    TAX = "30", "国家税务总局{name}税务局", "国家税务总局{name}税务局", "税务部门", "办税服务厅综合窗口";
    MARKET = "31", "{name}市场监督管理局", "{name}市场监督管理局", "市场监管部门", "市场监管综合窗口";
    SPORT = "32", "{name}体育局", "{name}体育局", "体育部门", "体育窗口";
    DRUGS = "33", "{name}药品监督管理局", "{name}市场监督管理局", "药品监管部门", "药械化窗口";
    MONEY = "34", "{name}地方金融管理局", "{name}地方金融管理局", "地方金融管理部门", "金融服务窗口";
    PATENTS = "35", "{name}知识产权局", "{name}知识产权局", "知识产权部门", "知识产权窗口";
    INSURANCE = "36", "{name}医疗保障局", "{name}医疗保障局", "医保部门", "医保经办窗口";
    GRAIN = "37", "{name}粮食和物资储备局", "{name}粮食和物资储备局", "粮食和储备部门", "粮食和储备窗口";
    DISABLED = "38", "{name}残疾人联合会", "{name}残疾人联合会", "残联", "助残服务窗口";
    FIRE = "39", "{name}消防救援总队", "{name}消防救援局", "消防救援机构", "消防窗口";
    SHELTERS = "43", "{name}国防动员办公室", "{name}国防动员办公室", "人防部门", "人防窗口";
    FUND = "46", "{name}住房公积金管理中心", "{name}住房公积金中心", "公积金中心", "住房公积金窗口";
    URBAN = "47", "{name}城市管理执法局", "{name}城市管理执法局", "城管部门", "城市管理窗口";
    ARCHIVES = "48", "{name}档案局", "{name}档案局", "档案部门", "查档窗口";
    WEATHER = "54", "{name}气象局", "{name}气象局", "气象部门", "气象窗口";
    TOBACCO = "62", "{name}烟草专卖局", "{name}烟草专卖局", "烟草专卖部门", "烟草专卖窗口";
    FORESTS = "64", "{name}林业局", "{name}林业局", "林业部门", "林业窗口";
    POST = "71", "{name}邮政管理局", "{name}邮政管理局", "邮政管理部门", "邮政管理窗口";
}
