//! Files and licences handed in with a draft: checked when they are attached, so that
//! nobody learns weeks later that a photo could not be opened.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    identifiers::{AttachmentId, Digest},
    operation::Enclosure,
    page::{Attach, Detach, DraftView, LARGEST_ATTACHMENT, ReadAttachment, Topic, UseLicence},
    vocabulary::LicenceState,
};

use crate::{
    applications,
    client::Client,
    error::{Error, Result},
    vault::Attachment,
};

impl Client {
    /// Attaches a file to a material of a draft.
    ///
    /// # Errors
    /// Where the file is empty, too large, or neither a picture nor a PDF; where there is
    /// no such draft or material.
    pub async fn attach(&self, request: Attach, bytes: Bytes) -> Result<DraftView> {
        let vault = self.vault()?;
        let draft = applications::draft(&vault, request.case).await?;
        known_material(&draft.guide.item, &request.material)?;
        if bytes.is_empty() {
            return Err(Error::refused(
                "attachment.empty",
                "这个文件是空的，没有添加。",
                "请重新选择文件，或重新拍摄。",
            ));
        }
        if bytes.len() as u64 > LARGEST_ATTACHMENT {
            return Err(Error::refused(
                "attachment.too-large",
                "这个文件超过 50 MB，没有添加。",
                "请在拍照设置里选小一些的尺寸重拍，或压缩后再添加。",
            ));
        }
        let checked = bytes.clone();
        let (media_type, digest) = tokio::task::spawn_blocking(move || check(&checked))
            .await
            .map_err(|_| unreadable())??;
        let attachment = Attachment {
            id: AttachmentId(self.surroundings().uuid()),
            material: request.material,
            name: request.name.clone(),
            enclosure: Enclosure::File {
                digest,
                name: request.name,
                media_type: media_type.to_owned(),
                bytes: bytes.len() as u64,
            },
            attached_at: self.surroundings().now(),
        };
        // It may have been filed while the file was looked at.
        let _one_at_a_time = self.drafting().await;
        applications::draft(&vault, request.case).await?;
        vault.attach(request.case, &attachment, &bytes).await?;
        self.tell(Topic::Item { case: request.case });
        self.read_draft(tongban_contract::page::ReadDraft { case: request.case }).await
    }

    /// Hands in a licence of the wallet as a material.
    ///
    /// # Errors
    /// Where the licence is not in the wallet, not valid, or of another type than asked.
    pub async fn use_licence(&self, request: UseLicence) -> Result<DraftView> {
        let vault = self.vault()?;
        let _one_at_a_time = self.drafting().await;
        let draft = applications::draft(&vault, request.case).await?;
        let material = known_material(&draft.guide.item, &request.material)?;
        let licence = vault.licence(&request.licence).await?.filter(|licence| {
            licence.state == LicenceState::Valid
                && material.licence_type.as_deref() == Some(licence.licence_type.as_str())
        });
        let Some(licence) = licence else {
            return Err(Error::refused(
                "attachment.licence",
                "这本证照不能用作这份材料。",
                "请核对证照的种类和有效状态，或改为上传文件。",
            ));
        };
        let attachment = Attachment {
            id: AttachmentId(self.surroundings().uuid()),
            material: request.material,
            name: licence.name,
            enclosure: Enclosure::Licence { licence: licence.id },
            attached_at: self.surroundings().now(),
        };
        vault.attach(request.case, &attachment, &[]).await?;
        self.tell(Topic::Item { case: request.case });
        self.read_draft(tongban_contract::page::ReadDraft { case: request.case }).await
    }

    /// Removes an attached file or licence.
    ///
    /// # Errors
    /// Where there is no such draft.
    pub async fn detach(&self, request: Detach) -> Result<DraftView> {
        let vault = self.vault()?;
        let _one_at_a_time = self.drafting().await;
        applications::draft(&vault, request.case).await?;
        vault.detach(request.case, request.attachment).await?;
        self.tell(Topic::Item { case: request.case });
        self.read_draft(tongban_contract::page::ReadDraft { case: request.case }).await
    }

    /// The bytes of an attached file.
    ///
    /// # Errors
    /// Where there is no such file.
    pub async fn read_attachment(&self, request: ReadAttachment) -> Result<Vec<u8>> {
        let vault = self.vault()?;
        let attachments = vault.attachments(request.case).await?;
        let found = attachments.into_iter().find(|a| a.id == request.attachment);
        match found.map(|attachment| attachment.enclosure) {
            Some(Enclosure::File { digest, .. }) => Ok(vault.bytes(&digest).await?),
            Some(Enclosure::Licence { .. }) | None => Err(Error::refused(
                "attachment.unknown",
                "没有找到这个文件。",
                "请回到申请页面刷新后再试。",
            )),
        }
    }
}

fn known_material<'a>(
    item: &'a tongban_contract::guide::Item,
    material: &str,
) -> Result<&'a tongban_contract::guide::Material> {
    item.materials.iter().find(|known| known.id == material).ok_or_else(|| {
        Error::refused(
            "attachment.material",
            "这个事项没有这项材料。",
            "请在材料清单里选择要添加的材料。",
        )
    })
}

/// Media type found from the bytes, and their digest. Pictures are decoded whole: one
/// that ends in the middle is refused here.
fn check(bytes: &[u8]) -> Result<(&'static str, Digest)> {
    let media_type = if bytes.starts_with(b"%PDF-") { "application/pdf" } else { picture(bytes)? };
    Ok((media_type, Digest::from_bytes(&Sha256::digest(bytes).into())))
}

fn picture(bytes: &[u8]) -> Result<&'static str> {
    use image::{ImageFormat, ImageReader, Limits};
    /// Enough for a picture of 200 megapixels; a picture bomb asks for more.
    const MOST_MEMORY: u64 = 800 * 1024 * 1024;
    let media_type = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => "image/jpeg",
        Ok(ImageFormat::Png) => "image/png",
        Ok(ImageFormat::WebP) => "image/webp",
        _ => {
            return Err(Error::refused(
                "attachment.type",
                "这个文件不是照片或 PDF，没有添加。",
                "请上传 JPG、PNG、WebP 图片或 PDF 文件。",
            ));
        }
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| unreadable())?;
    reader.limits(limits);
    reader.decode().map_err(|_| unreadable())?;
    Ok(media_type)
}

fn unreadable() -> Error {
    Error::refused(
        "attachment.unreadable",
        "这张图片打不开，可能没有传完或已损坏，没有添加。",
        "请重新拍摄，或换一个文件。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(20, 20)
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    fn code(bytes: &[u8]) -> String {
        tongban_contract::problem::Problem::from(check(bytes).unwrap_err()).code
    }

    #[test]
    fn a_whole_picture_and_a_pdf_are_taken() {
        assert_eq!(check(&png()).unwrap().0, "image/png");
        assert_eq!(check(b"%PDF-1.7\n").unwrap().0, "application/pdf");
    }

    #[test]
    fn a_file_that_is_no_picture_or_ends_in_the_middle_is_refused_with_its_reason() {
        assert_eq!(code(b"MZ\x90\x00 a program"), "attachment.type");
        let whole = png();
        assert_eq!(code(&whole[..whole.len() / 2]), "attachment.unreadable");
    }
}
