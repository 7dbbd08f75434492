import { useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { setKeys, useKeysOn, useSingleKeys } from './single-keys.ts'

const KEYS = [
  ['j, k', 'the next call, the one before'],
  ['Enter', 'opens the call that has the focus'],
  ['/', 'to the search'],
  ['r', 'to the reason'],
  ['a, then Enter', 'approves once'],
  ['d, then Enter', 'denies'],
  ['Esc', 'out of a field; out of a call'],
  ['?', 'these keys'],
] as const

export function KeysButton() {
  const [open, setOpen] = useState(false)
  const on = useKeysOn()
  useSingleKeys({ '?': () => setOpen(true) })
  return (
    <>
      <button type="button" className="plain keys" onClick={() => setOpen(true)}>
        Keys
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Keys">
        <dl>
          {KEYS.map(([key, meaning]) => (
            <div key={key} className="row">
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <label className="check">
          <input type="checkbox" checked={on} onChange={({ target }) => setKeys(target.checked)} />
          Single keys do this
        </label>
        <div className="buttons">
          <button type="button" className="plain" onClick={() => setOpen(false)}>
            Close
          </button>
        </div>
      </Dialog>
    </>
  )
}
