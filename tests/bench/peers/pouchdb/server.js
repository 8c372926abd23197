// Serves one PouchDB, `guides`, made of documents in JSON lines; says so once it listens.
'use strict'

const { mkdirSync, readFileSync } = require('node:fs')
const path = require('node:path')
const PouchDB = require('pouchdb')
const serve = require('express-pouchdb')

const [port, folder, documents] = process.argv.slice(2)

async function main () {
  mkdirSync(folder, { recursive: true })
  const Kept = PouchDB.defaults({ prefix: folder + path.sep })
  const guides = new Kept('guides')
  const lines = readFileSync(documents, 'utf8').split('\n').filter(line => line !== '')
  for (let at = 0; at < lines.length; at += 1000) {
    const answers = await guides.bulkDocs(lines.slice(at, at + 1000).map(line => JSON.parse(line)))
    const refused = answers.find(answer => answer.error)
    if (refused) throw new Error(JSON.stringify(refused))
  }
  // Only what another PouchDB asks for, compressed: no log, no accounts, no console.
  const app = serve(Kept, { mode: 'minimumForPouchDB', inMemoryConfig: true })
  app.listen(Number(port), '127.0.0.1', () => console.log(`listening with ${lines.length} documents`))
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
