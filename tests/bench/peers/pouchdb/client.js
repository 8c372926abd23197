// Replicates a PouchDB into a new one in a folder, so many documents at once; prints the
// seconds that it took and how many arrived.
'use strict'

const { mkdirSync } = require('node:fs')
const path = require('node:path')
const PouchDB = require('pouchdb')

const [address, folder, batch] = process.argv.slice(2)

async function main () {
  mkdirSync(folder, { recursive: true })
  const guides = new PouchDB(path.join(folder, 'guides'))
  await guides.info()
  const begun = performance.now()
  const result = await PouchDB.replicate(address, guides, { batch_size: Number(batch) })
  const seconds = (performance.now() - begun) / 1000
  const { doc_count: documents } = await guides.info()
  if (!result.ok || result.errors.length > 0) throw new Error(JSON.stringify(result))
  console.log(JSON.stringify({ seconds, documents }))
  await guides.close()
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
