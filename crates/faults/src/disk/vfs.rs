//! The table of functions that SQLite calls instead of the system. Owns the crossing between C and
//! the disk, and every `unsafe` of the house; decides nothing.
//!
//! What makes it sound: SQLite gives each function a pointer to a [`Handle`] that `open` wrote and
//! that no other thread uses at the same time (a connection is never shared without its lock), buffers
//! as long as it says, and closes each opened file exactly once.
#![expect(
    unsafe_code,
    reason = "SQLite's file layer is a table of C functions (ADR 0012)"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

use rusqlite::ffi;

use super::state::{Opened, Refused, Shared};

/// Longest path, the end included.
const PATH_MAX: c_int = 512;

/// What SQLite holds of an opened file: its own part first, then ours.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    opened: *mut Opened,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes the disk known to SQLite under its name, for the life of the process.
pub(super) fn register(disk: &Arc<Shared>) {
    let name = CString::new(disk.name.as_str()).unwrap_or_default();
    // SAFETY: initialising twice does nothing; the system's layer lives as long as the process.
    let system = unsafe {
        ffi::sqlite3_initialize();
        ffi::sqlite3_vfs_find(std::ptr::null())
    };
    // SAFETY: a process without a system layer has no SQLite at all: the pointer is valid.
    let system = unsafe { *system };
    let size = c_int::try_from(size_of::<Handle>()).unwrap_or(c_int::MAX);
    let layer = ffi::sqlite3_vfs {
        iVersion: 1,
        szOsFile: size,
        mxPathname: PATH_MAX,
        pNext: null_mut(),
        // Both are left to the process on purpose: SQLite keeps the table for ever.
        zName: name.into_raw(),
        pAppData: Box::into_raw(Box::new(Arc::clone(disk))).cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        // Chance, waiting and the date of SQLite itself stay the system's.
        ..system
    };
    // SAFETY: the table is leaked, so it outlives every connection.
    let done = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(layer)), 0) };
    assert_eq!(done, ffi::SQLITE_OK, "SQLite takes one more file layer");
}

fn code(refused: Refused, io: c_int) -> c_int {
    match refused {
        Refused::Io => io,
        Refused::Full => ffi::SQLITE_FULL,
        Refused::Held => ffi::SQLITE_BUSY,
        Refused::Missing => ffi::SQLITE_CANTOPEN,
    }
}

fn told<T>(done: Result<T, Refused>, io: c_int) -> c_int {
    done.map_or_else(|refused| code(refused, io), |_| ffi::SQLITE_OK)
}

fn place(offset: i64) -> usize {
    usize::try_from(offset).unwrap_or(0)
}

/// The disk behind a table made by [`register`].
///
/// # Safety
/// `layer` was made by [`register`].
unsafe fn disk<'d>(layer: *mut ffi::sqlite3_vfs) -> &'d Arc<Shared> {
    // SAFETY: `pAppData` is the box that `register` leaked.
    unsafe { &*(*layer).pAppData.cast::<Arc<Shared>>() }
}

/// What [`open`] put behind a handle.
///
/// # Safety
/// `file` was filled by [`open`] and is not closed; no other thread uses it now.
unsafe fn opened<'o>(file: *mut ffi::sqlite3_file) -> &'o mut Opened {
    // SAFETY: `Handle` begins with SQLite's part, and `open` stored a box in it.
    unsafe { &mut *(*file.cast::<Handle>()).opened }
}

/// A path as text; nothing when SQLite gave none.
///
/// # Safety
/// `name` is null or a C string.
unsafe fn text(name: *const c_char) -> Option<String> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, so a C string.
    let name = unsafe { CStr::from_ptr(name) };
    Some(name.to_string_lossy().into_owned())
}

unsafe extern "C" fn open(
    layer: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives the table it was given, a C string or null, and `szOsFile` bytes for the
    // handle; without `pMethods` it does not call `close`.
    unsafe {
        (*file).pMethods = std::ptr::null();
        let disk = disk(layer);
        let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
        let temporary = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
        let done = disk.state().open(disk, text(name), create, temporary);
        match done {
            Ok(it) => {
                let handle = file.cast::<Handle>();
                (*handle).opened = Box::into_raw(Box::new(it));
                (*handle).base.pMethods = &raw const METHODS;
                if !out_flags.is_null() {
                    *out_flags = flags;
                }
                ffi::SQLITE_OK
            }
            Err(refused) => code(refused, ffi::SQLITE_CANTOPEN),
        }
    }
}

unsafe extern "C" fn delete(
    layer: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: the table SQLite was given and a C string.
    let (disk, name) = unsafe { (disk(layer), text(name).unwrap_or_default()) };
    match disk.state().delete(&name, sync_folder != 0) {
        Err(Refused::Missing) => ffi::SQLITE_IOERR_DELETE_NOENT,
        done => told(done, ffi::SQLITE_IOERR_DELETE),
    }
}

unsafe extern "C" fn access(
    layer: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the table SQLite was given, a C string, a place for the answer.
    unsafe {
        match disk(layer).state().exists(&text(name).unwrap_or_default()) {
            Ok(there) => {
                *out = c_int::from(there);
                ffi::SQLITE_OK
            }
            Err(refused) => code(refused, ffi::SQLITE_IOERR_ACCESS),
        }
    }
}

unsafe extern "C" fn full_pathname(
    _layer: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    length: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a C string, and `length` bytes to copy it to.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > usize::try_from(length).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: closed once, so the box is taken back once.
    let it = unsafe { Box::from_raw((*file.cast::<Handle>()).opened) };
    it.disk.state().close(&it);
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    let amount = usize::try_from(amount).unwrap_or(0);
    // SAFETY: an open handle, and `amount` bytes that nobody else looks at.
    let (it, out) = unsafe {
        let out = std::slice::from_raw_parts_mut(out.cast::<u8>(), amount);
        (opened(file), out)
    };
    out.fill(0);
    match it.disk.state().read(it, place(offset), out) {
        Ok(there) if there < amount => ffi::SQLITE_IOERR_SHORT_READ,
        done => told(done, ffi::SQLITE_IOERR_READ),
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    let amount = usize::try_from(amount).unwrap_or(0);
    // SAFETY: an open handle, and `amount` bytes.
    let (it, bytes) = unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), amount);
        (opened(file), bytes)
    };
    let done = it.disk.state().write(it, place(offset), bytes);
    told(done, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: an open handle.
    let it = unsafe { opened(file) };
    let done = it.disk.state().truncate(it, place(size));
    told(done, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: an open handle.
    let it = unsafe { opened(file) };
    let done = it.disk.state().sync(it);
    told(done, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: an open handle and a place for the answer.
    unsafe {
        let it = opened(file);
        let size = it.disk.state().size(it);
        *out = size.map_or(0, |size| i64::try_from(size).unwrap_or(i64::MAX));
        told(size, ffi::SQLITE_IOERR_FSTAT)
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open handle.
    let it = unsafe { opened(file) };
    let done = it.disk.state().lock(it, level);
    told(done, ffi::SQLITE_IOERR_LOCK)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open handle.
    let it = unsafe { opened(file) };
    it.disk.state().unlock(it, level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open handle and a place for the answer.
    unsafe {
        let it = opened(file);
        let held = it.disk.state().reserved(it);
        *out = c_int::from(held.unwrap_or(false));
        told(held, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK)
    }
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _operation: c_int,
    _argument: *mut c_void,
) -> c_int {
    ffi::SQLITE_NOTFOUND
}

/// What the system's layer says of an ordinary disk.
unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// Bytes beside a write are never harmed: what the system's layer promises as well.
unsafe extern "C" fn characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    number: c_int,
    bytes: c_int,
    make: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let (number, bytes) = (place(number.into()), place(bytes.into()));
    // SAFETY: an open handle and a place for the answer.
    unsafe {
        let it = opened(file);
        let disk = Arc::clone(&it.disk);
        let found = disk.state().region(it, number, bytes, make != 0);
        *out = match found {
            Ok(Some(region)) => region.cast(),
            Ok(None) | Err(_) => null_mut(),
        };
        told(found, ffi::SQLITE_IOERR_SHMSIZE)
    }
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: an open handle.
    let it = unsafe { opened(file) };
    let bits = u8::try_from(((1_u32 << count) - 1) << offset).unwrap_or(u8::MAX);
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        it.disk.state().unlock_places(it, bits);
        return ffi::SQLITE_OK;
    }
    let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
    let done = it.disk.state().lock_places(it, bits, exclusive);
    told(done, ffi::SQLITE_IOERR_SHMLOCK)
}

unsafe extern "C" fn shm_barrier(_file: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, throw_away: c_int) -> c_int {
    // SAFETY: an open handle.
    let it = unsafe { opened(file) };
    let disk = Arc::clone(&it.disk);
    disk.state().unmap(it, throw_away != 0);
    ffi::SQLITE_OK
}
