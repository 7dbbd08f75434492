import type { Verdict } from '../domain/verdict.ts'
import type { Exchange, ProxyParts } from '../exchange/parts.ts'

export async function holdCall(_parts: ProxyParts, _exchange: Exchange, _verdict: Verdict): Promise<void> {}
