/** Keeps what a device must not lose in IndexedDB, under names of its own; in memory where a browser has none. */

/**
 * @typedef {object} Database
 * @property {(store: string, key: any) => Promise<any>} get
 * @property {(store: string, limit?: number) => Promise<any[]>} all in the order of their keys
 * @property {(store: string, key: any, value: any) => Promise<void>} put
 * @property {(store: string, keys: any[]) => Promise<void>} remove
 * @property {(store: string) => Promise<number>} count
 * @property {() => void} close
 * @property {boolean} durable
 */

/**
 * Open a database. Never fails: without IndexedDB (private windows, a full disk) the device goes on with what it holds in memory.
 * @param {string} name @param {string[]} stores @param {IDBFactory|undefined} factory @returns {Promise<Database>}
 */
export function openDatabase(name, stores, factory) {
  if (!factory) return Promise.resolve(inMemory(stores));
  return open(factory, name, stores).then(onDisk, () => inMemory(stores));
}

/** @param {IDBFactory} factory @param {string} name @param {string[]} stores @returns {Promise<IDBDatabase>} */
function open(factory, name, stores) {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => stores.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('the database is held by another page'));
  });
}

/** @param {IDBDatabase} db @returns {Database} */
function onDisk(db) {
  db.onversionchange = () => db.close();
  /** @template T @param {string} store @param {IDBTransactionMode} mode @param {(objects: IDBObjectStore) => IDBRequest<T>|void} act @returns {Promise<T>} */
  function run(store, mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(store, mode);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(/** @type {T} */ (request ? request.result : undefined));
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error || new Error('the write was given up'));
    });
  }
  return {
    durable: true,
    close: () => db.close(),
    get: (store, key) => run(store, 'readonly', (objects) => objects.get(key)),
    all: (store, limit) => run(store, 'readonly', (objects) => objects.getAll(undefined, limit)),
    put: (store, key, value) => run(store, 'readwrite', (objects) => objects.put(value, key)).then(() => undefined),
    remove: (store, keys) => run(store, 'readwrite', (objects) => keys.forEach((key) => objects.delete(key))),
    count: (store) => run(store, 'readonly', (objects) => objects.count()),
  };
}

/** @param {string[]} names @returns {Database} */
export function inMemory(names) {
  /** @type {Object<string, Map<any, any>>} */
  const stores = {};
  names.forEach((name) => { stores[name] = new Map(); });
  /** @param {string} store */
  const keys = (store) => Array.from(stores[store].keys()).sort((a, b) => (a < b ? -1 : 1));
  return {
    durable: false,
    close: () => undefined,
    get: (store, key) => Promise.resolve(stores[store].get(key)),
    all: (store, limit) => Promise.resolve(keys(store).slice(0, limit).map((key) => stores[store].get(key))),
    put: (store, key, value) => Promise.resolve(void stores[store].set(key, value)),
    remove: (store, gone) => Promise.resolve(gone.forEach((key) => stores[store].delete(key))),
    count: (store) => Promise.resolve(stores[store].size),
  };
}
