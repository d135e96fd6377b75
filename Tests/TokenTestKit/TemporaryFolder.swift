#if Tokens
import Foundation

/// A folder that is removed with its test.
package final class TemporaryFolder: Sendable {
    private let folder: String

    package init() {
        folder = NSTemporaryDirectory() + "tokens-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The path of a file in it; of the folder itself for the empty name.
    package func path(_ name: String) -> String {
        name.isEmpty ? folder : "\(folder)/\(name)"
    }
}
#endif
