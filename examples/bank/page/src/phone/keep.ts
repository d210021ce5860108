// What the phone keeps: its pairings, and what its authenticator app was shown. Keys stay in the
// browser's own store, as keys.

import type { Paired } from './device.js';
import type { App } from './otp.js';

interface Kept {
  readonly devices: Paired;
  readonly apps: App;
}

const KEYS = { devices: 'page', apps: 'secret' } as const;

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= openAnew();
  return opened;
}

function openAnew(): Promise<IDBDatabase> {
  const opening = indexedDB.open('bank.phone', 1);
  opening.addEventListener('upgradeneeded', () => {
    for (const [name, keyPath] of Object.entries(KEYS)) {
      opening.result.createObjectStore(name, { keyPath });
    }
  });
  return result(opening);
}

export async function all<K extends keyof Kept>(name: K): Promise<Kept[K][]> {
  const store = (await open()).transaction(name).objectStore(name);
  return result(store.getAll());
}

export async function put<K extends keyof Kept>(name: K, one: Kept[K]): Promise<void> {
  const store = (await open()).transaction(name, 'readwrite').objectStore(name);
  await result(store.put(one));
}

/** Keeps it in place of what is there. What was dropped meanwhile stays so. */
export async function replace<K extends keyof Kept>(name: K, key: string, one: Kept[K]): Promise<boolean> {
  const store = (await open()).transaction(name, 'readwrite').objectStore(name);
  const isThere = (await result(store.getKey(key))) !== undefined;
  if (isThere) {
    await result(store.put(one));
  }
  return isThere;
}

export async function drop(name: keyof Kept, key: string): Promise<void> {
  const store = (await open()).transaction(name, 'readwrite').objectStore(name);
  await result(store.delete(key));
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
