import { useEffect, useRef, useSyncExternalStore } from 'react'

const KEPT = 'sallyport.keys'
const listeners = new Set<() => void>()

/** Whether single keys do something. Whoever speaks to their machine can turn that off (WCAG 2.1.4). */
export function areKeysOn(): boolean {
  return localStorage.getItem(KEPT) !== 'off'
}

export function setKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? 'on' : 'off')
  for (const listener of listeners) listener()
}

export function useKeysOn(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, areKeysOn)
}

/** Calls what a key, by its name in small letters, is for, unless somebody writes a text, has a dialog open or presses it with another. */
export function useSingleKeys(actions: Readonly<Record<string, () => void>>): void {
  const now = useRef(actions)
  now.current = actions
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return
      if (document.querySelector('dialog[open]') !== null) return
      const { target, key } = event
      const isWriting = target instanceof HTMLElement && target.matches('input, textarea, select')
      if (isWriting ? key !== 'Escape' : !areKeysOn() && key !== 'Escape') return
      if (isWriting) {
        target.blur()
        return
      }
      const action = now.current[key.toLowerCase()]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
