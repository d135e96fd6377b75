import Foundation

/// Files that do not exist yet, and what will be in them.
struct NewFiles {
    struct File {
        let path: String
        let content: String
    }

    let files: [File]

    /// Throws ``ScaffoldError`` when one of the files exists.
    func refuseExisting() throws {
        for file in files where FileManager.default.fileExists(atPath: file.path) {
            throw ScaffoldError("\(file.path) exists already; choose another name, or move it away.")
        }
    }

    /// Writes all files, and the folders that they are in.
    ///
    /// - Throws: ``ScaffoldError``. When one of the files exists already nothing is written at all.
    func write() throws {
        try refuseExisting()
        for file in files {
            let url = URL(filePath: file.path)
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                // `refuseExisting` does not see a file that somebody makes meanwhile.
                try Data(file.content.utf8).write(to: url, options: .withoutOverwriting)
            } catch {
                // The system's reason, which Foundation wraps.
                let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
                throw ScaffoldError("\(file.path) cannot be written: \(reason.localizedDescription)")
            }
        }
    }
}
