// Verdicts that the server has not acknowledged, kept in this browser (IndexedDB) until it has.
const NAME = "ecc-desk";
const STORE = "verdicts";

export class Store {
  static open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      request.onsuccess = () => resolve(new Store(request.result));
      request.onerror = () => reject(request.error);
    });
  }

  constructor(database) {
    this.database = database;
  }

  // All that this account has not sent, in the order in which it was given.
  async all(account) {
    const entries = await this.#run("readonly", (store) => store.getAll());
    return entries.filter((entry) => entry.account === account).sort((a, b) => a.at - b.at);
  }

  put(entry) {
    return this.#run("readwrite", (store) => store.put(entry));
  }

  delete(key) {
    return this.#run("readwrite", (store) => store.delete(key));
  }

  #run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.commit?.();
    });
  }
}
