import { useState } from 'react'
import { ApiProblem, call } from '../api/call.ts'
import type { Approval } from '../api/types.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Difference } from '../parts/difference.tsx'
import { visible } from '../parts/visible.ts'
import { editableParts, patchOf, type Wanted } from './edit-patch.ts'
import { liveApprovals } from './live-approvals.ts'

interface EditDialogProps {
  readonly open: boolean
  /** With its arguments as they would run. */
  readonly whole: Approval
  readonly onClose: () => void
}

/** Puts other values into the arguments of a held call, part by part. The others then vote on those. */
export function EditDialog({ open, whole, onClose }: EditDialogProps) {
  const parts = editableParts(whole.parts ?? [])
  const [wanted, setWanted] = useState<Wanted>(new Map())
  const [place, setPlace] = useState(parts[0]?.place ?? '')
  const [nobodyLeft, setNobodyLeft] = useState(false)
  const chosen = parts.find((part) => part.place === place)
  const now = wanted.get(place)
  const changed = parts.filter((part) => wanted.has(part.place) && wanted.get(part.place) !== part.text)

  function want(value: string | null) {
    setWanted(new Map(wanted).set(place, value))
  }

  async function edit(form: FormData) {
    const reason = String(form.get('edit-reason') ?? '').trim()
    const body = {
      patch: editPatch(),
      digest: whole.digest,
      ...(reason === '' ? {} : { reason }),
      ...(form.get('confirm') === null ? {} : { confirm: true }),
    }
    try {
      const path = `approvals/${encodeURIComponent(whole.approvalId)}/edit`
      liveApprovals.take(await call<Approval>('POST', path, { body }))
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'SP_APPROVAL_EDIT_UNANSWERABLE') setNobodyLeft(true)
      throw error
    }
  }

  function editPatch() {
    try {
      const patch = patchOf(parts, wanted)
      if (patch.length > 0) return patch
    } catch (error) {
      throw new ApiProblem(400, '', error instanceof SyntaxError ? error.message : String(error))
    }
    throw new ApiProblem(400, '', 'Nothing is changed yet.')
  }

  return (
    <Confirm
      open={open}
      title="Edit the arguments"
      act="Put these in their place"
      onClose={onClose}
      onConfirm={edit}
    >
      <p className="hint">
        The votes so far are void, and you do not vote on it any more. The agent is told what you changed. A
        mask that stays in its place stands for the secret that was there.
      </p>
      <label htmlFor="edit-place">Part</label>
      <select id="edit-place" value={place} onChange={({ target }) => setPlace(target.value)}>
        {parts.map((part) => (
          <option key={part.place} value={part.place}>
            {visible(part.place)}
          </option>
        ))}
      </select>
      {chosen !== undefined && (
        <>
          <label htmlFor="edit-value">Value</label>
          <textarea
            id="edit-value"
            rows={4}
            spellCheck={false}
            disabled={now === null}
            value={now ?? chosen.text}
            onChange={({ target }) => want(target.value)}
          />
          {visible(chosen.text) !== chosen.text && (
            <p className="hint">
              It has invisible characters, which the field does not show: {visible(chosen.text.slice(0, 500))}
            </p>
          )}
          <label className="check">
            <input
              type="checkbox"
              checked={now === null}
              onChange={({ target }) => want(target.checked ? null : chosen.text)}
            />{' '}
            Leave this part out
          </label>
        </>
      )}
      {changed.map((part) => (
        <Difference
          key={part.place}
          change={{ place: part.place, before: part.text, after: wanted.get(part.place) ?? null }}
        />
      ))}
      <label htmlFor="edit-reason">
        Reason <span className="hint">(optional; recorded, and told to the agent)</span>
      </label>
      <input id="edit-reason" name="edit-reason" maxLength={2000} />
      {nobodyLeft && (
        <label className="check">
          <input type="checkbox" name="confirm" /> Edit it although nobody would be left to approve it
        </label>
      )}
    </Confirm>
  )
}
