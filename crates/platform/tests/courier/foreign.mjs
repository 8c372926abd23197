// Makes `foreign.courier` beside it: a courier made from the description of the format alone,
// with other libraries than ours (npm age-encryption 0.3.1, and Ed25519 and SHA-256 of
// Node.js). Run where age-encryption is installed: node foreign.mjs
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Encrypter, identityToRecipient } from "age-encryption";

// Of the test alone; `foreign.rs` gives it to its platform.
const identity = "AGE-SECRET-KEY-103CJ5ND96QV2GG4PJ47SS8RAZT0SAWTY5LPDUJ8MAFCQLM2KLHPS67TZ0W";
const recipient = await identityToRecipient(identity);
const photo = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff]),
  Buffer.from(" a photograph of the shop"),
]);
const digest = createHash("sha256").update(photo).digest("hex");

const pkcs8 = Buffer.from("302e020100300506032b657004220420" + "07".repeat(32), "hex");
const secret = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
const key = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);

const head = Buffer.from(JSON.stringify({
  version: 1,
  recipient,
  account: "foreign",
  key: key.toString("hex"),
  made_at: "2026-09-28T01:30:00Z",
  operations: [{
    id: "01920000-0000-7000-8000-000000000001",
    made_at: "2026-09-28T01:00:00Z",
    kind: "submit",
    case: "01920000-0000-7000-8000-000000000002",
    item: "000131023000",
    item_version: "1",
    form_version: "1",
    division: "420506",
    filing: {
      situation: {},
      answers: {
        applicant: { name: "李秀兰", id_number: "34052419800101001X" },
        shop: { name: "秀兰面馆", address: "发展大道 12 号", area: 40 },
      },
      materials: {
        photo: [{
          kind: "file", digest, name: "门头.jpg", media_type: "image/jpeg", bytes: photo.length,
        }],
      },
    },
  }],
  files: [{ digest, bytes: photo.length }],
}));
const length = Buffer.alloc(4);
length.writeUInt32BE(head.length);
const signed = Buffer.concat([Buffer.from("TONGBAN COURIER\n"), length, head]);
const plain = Buffer.concat([signed, sign(null, signed, secret), photo]);

const sealing = new Encrypter();
sealing.addRecipient(recipient);
writeFileSync(new URL("foreign.courier", import.meta.url), await sealing.encrypt(plain));
