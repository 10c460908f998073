// All that an origin has stored in this browser, as text: what a test of a wipe reads.
(async () => {
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    databases[name] = {};
    for (const store of db.objectStoreNames) {
      databases[name][store] = await new Promise((resolve, reject) => {
        const request = db.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    }
    db.close();
  }
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const shell = name.includes('shell');
    for (const request of await cache.keys()) cached[request.url] = shell ? '' : await (await cache.match(request)).text();
  }
  return { databases, cached, local: { ...localStorage }, session: { ...sessionStorage }, address: location.href, past: history.state };
})()
