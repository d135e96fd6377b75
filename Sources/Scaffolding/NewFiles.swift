import Foundation

/// Files to be created, with their contents.
struct NewFiles {
    struct File {
        let path: String
        let content: String
    }

    let files: [File]

    /// Throws ``ScaffoldError`` if one of the files exists.
    func refuseExisting() throws {
        for file in files where FileManager.default.fileExists(atPath: file.path) {
            throw ScaffoldError("\(file.path) already exists; choose another name, or move it away.")
        }
    }

    /// Writes all files, and creates their folders.
    ///
    /// - Throws: ``ScaffoldError``. If one of the files exists, nothing is written at all.
    func write() throws {
        try refuseExisting()
        for file in files {
            let url = URL(filePath: file.path)
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                // `refuseExisting` misses a file that is created in between.
                try Data(file.content.utf8).write(to: url, options: .withoutOverwriting)
            } catch {
                // The system's reason, which Foundation wraps.
                let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
                throw ScaffoldError("\(file.path) cannot be written: \(reason.localizedDescription)")
            }
        }
    }
}
