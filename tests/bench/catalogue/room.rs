//! The room that regions take on a device.

use anyhow::{Context as _, Result, ensure};
use tongban_client::Client;
use tongban_contract::{
    numbers::DivisionCode,
    page::{DropRegion, KeepRegion, ListRegions, Overview, UpdateCatalogue},
};

use super::{CITY, COUNTY, PROVINCE};
use crate::figure::{Figure, Sample};

/// Room that a province, a city and a county take: of the province is let go, and less kept.
pub(super) async fn measure(client: &Client) -> Result<Vec<Figure>> {
    eprintln!("· room on disk");
    let mut figures = Vec::new();
    let names = ["catalogue.room.province", "catalogue.room.city", "catalogue.room.county"];
    for (name, region) in names.into_iter().zip([PROVINCE, CITY, COUNTY]) {
        client.keep_region(KeepRegion { division: region.parse()? }).await?;
        for other in [PROVINCE, CITY, COUNTY].into_iter().filter(|other| *other != region) {
            client.drop_region(DropRegion { division: other.parse()? }).await?;
        }
        client.update_catalogue(UpdateCatalogue {}).await?;
        let view = client.overview(Overview {}).await?.catalogue;
        ensure!(view.kept.len() == 1, "{:?}", view.kept);
        let regions = client.list_regions(ListRegions { parent: parent(region)? }).await?;
        let here = regions.iter().find(|one| one.division.as_str() == region);
        let packed = here.context("not published")?.bytes;
        figures.push(Figure::new(
            (name, "bytes"),
            &Sample::once(view.bytes as f64),
            ("its packed files", &Sample::once(packed as f64)),
            format!(
                "Database with its index, and the files it is made of; {} guides.",
                view.guides
            ),
        ));
    }
    Ok(figures)
}

fn parent(region: &str) -> Result<Option<DivisionCode>> {
    let code: DivisionCode = region.parse()?;
    Ok(code.parent())
}
