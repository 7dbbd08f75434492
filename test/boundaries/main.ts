import { writeFileSync } from 'node:fs'
import { biomeOverrides, OVERRIDES_FILE } from './biome-overrides.ts'

/** `npm run boundaries`: writes what biome.json extends, from the table of floors. */
writeFileSync(OVERRIDES_FILE, biomeOverrides())
