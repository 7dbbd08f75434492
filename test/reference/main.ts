import { writeFileSync } from 'node:fs'
import { referencePages } from './pages.ts'

/** `npm run docs`: writes the generated pages. */
for (const [path, text] of Object.entries(await referencePages())) writeFileSync(path, text)
await import('../../packages/events/scripts/publish-schemas.ts')
