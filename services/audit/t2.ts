import { Session } from 'chdb'
import { sqliteEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { sampleLoad } from './bench/sample-load.ts'
import { existsSync, rmSync } from 'node:fs'
const N = 100_000
if (!existsSync('/tmp/chx/log.db')) {
  const log = await sqliteEventLog({ path: '/tmp/chx/log.db' })
  let b = []
  for (const r of sampleLoad(N, Date.now() - N*5)) { b.push(r); if (b.length===500) { await log.append(TOPICS.actions, b); b=[] } }
  await log.close()
}
rmSync('/tmp/chx-data2',{recursive:true,force:true})
const s = new Session('/tmp/chx-data2')
const cpu = () => { const c = process.cpuUsage(); return c.user + c.system }
const q = async (sql:string, f='TSVRaw', n=N) => { try { const c=cpu(); const t=performance.now(); const r = await s.queryAsync(sql,{format:f}); const d = cpu()-c; console.log(sql.slice(0,150).replace(/\s+/g,' '), '\n   →', Buffer.from(r.bytes()).toString().trim().slice(0,700), ' ['+(performance.now()-t).toFixed(0)+'ms, '+(d/n).toFixed(2)+' µs cpu a row]') } catch(e) { console.log('ERR', sql.slice(0,100), String(e).slice(0,600)) } }
await q(`describe sqlite('/tmp/chx/log.db','records')`,'TSVRaw',1)
await q(`select count(), sum(length(value)), min(offset), max(offset), any(headers) from sqlite('/tmp/chx/log.db','records')`)
await q(`select count(), sum(length(value)) from sqlite('/tmp/chx/log.db','records') where topic=1 and offset>=50000 and offset<51000`,'TSVRaw',1000)
await q(`explain select count(), sum(length(value)) from sqlite('/tmp/chx/log.db','records') where topic=1 and offset>=50000 and offset<51000`,'TSVRaw',1000)
await q(`create table raw (offset Int64, headers String, value String) engine=Memory`)
await q(`insert into raw select offset, headers, value from sqlite('/tmp/chx/log.db','records')`)
await q(`select any(value), any(length(headers)) from raw where offset%2=0`)
const S = 'actionId String, gateway Tuple(id String, name String), connector String, upstream String, action String, risk String, verdict String, rule String, reasons Array(String), policyVersion String, approvalId String, answeredBy String, phase String, stage String, fault String, method String, tool String, requestId String, session String, client Tuple(name String, version String), argsDigest String, toolDigest String, arguments String, findings String, decisionMs String, outcome String, httpStatus String, errorCode String, durationMs String, upstreamMs String, heldMs String, requestBytes String, responseBytes String'
const D = S.replace(/(?<!Array\()String/g,'Dynamic').replace('arguments Dynamic','arguments String').replace('findings Dynamic','findings String')
const V = S.replace(/(?<!Array\()String/g,'Variant(Float64, String)').replace('arguments Variant(Float64, String)','arguments String').replace('findings Variant(Float64, String)','findings String')
const NS = S.replace(/(?<!Array\()String/g,'Nullable(String)')
for (const [n,T] of Object.entries({S,NS,V,D})) await q(`/*${n}*/ select sum(length(tupleElement(JSONExtract(value, 'Tuple(${T})') as t, 'reasons'))), max(ignore(t)) from raw settings max_threads=1`)
await q(`select max(ignore(JSONExtractKeysAndValuesRaw(value))) from raw settings max_threads=1`)
await q(`select sum(isValidJSON(value)) from raw settings max_threads=1`)
await q(`select sum(isValidUTF8(value)) from raw settings max_threads=1`)
await q(`select max(ignore(JSONExtract(headers, 'Map(String,String)'))) from raw settings max_threads=1`)
await q(`select max(ignore(JSONExtract(headers, 'Tuple(ce_id String, ce_type String, ce_source String, ce_subject String, ce_time String, ce_tenant String, ce_producer String, ce_epoch String, ce_seq String, ce_prevhash String, ce_specversion String)'))) from raw settings max_threads=1`)
await q(`select max(length(arrayStringConcat(arrayDistinct(splitByNonAlpha(lowerUTF8(value))),' '))) from raw settings max_threads=1`)
await q(`select max(length(arrayStringConcat(arrayDistinct(splitByNonAlpha(lower(value))),' '))) from raw settings max_threads=1`)
await q(`select max(length(arrayStringConcat(arrayDistinct(tokens(lowerUTF8(value),'splitByNonAlpha')),' '))) from raw settings max_threads=1`)
await q(`select sum(value like '%\\\\\\\\%'), sum(position(value,'null')) from raw settings max_threads=1`)
await q(`select max(length(replaceRegexpAll(value,'\\\\\\\\(?:u00[01][0-9a-f]|[^u])',' '))) from raw settings max_threads=1`)
await q(`select max(parseDateTime64BestEffortOrNull(JSONExtractString(headers,'ce_time'),3,'UTC')) from raw settings max_threads=1`)
s.close()
