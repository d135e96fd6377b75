import Foundation

/// The source of centrifugo-proxy for a new package.
package struct PackageDependency: Sendable, Hashable {
    /// The package's name, by which its products are referred to.
    let name: String
    /// The line in the manifest.
    let manifestLine: String

    /// - Parameters:
    ///   - text: A path, or a URL.
    ///   - branch: A branch of the URL; by default, versions from 1.0.0.
    /// - Throws: ``ScaffoldError`` when there is no package.
    package init(_ text: String, branch: String? = nil) throws {
        let isURL = text.contains("://") || text.hasPrefix("git@")
        guard isURL || branch == nil else {
            throw ScaffoldError("A branch is for a URL, but '\(text)' is a path; remove one of them.")
        }
        if isURL {
            let last = text.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? ""
            name = last.hasSuffix(".git") ? String(last.dropLast(4)) : last
            let version = branch.map { "branch: \(Self.literal($0))" } ?? #"from: "1.0.0""#
            manifestLine = ".package(url: \(Self.literal(text)), \(version))"
        } else {
            let folder = URL(filePath: text).standardizedFileURL
            guard FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) else {
                throw ScaffoldError(
                    "'\(text)' has no Package.swift; give --dependency a checkout of centrifugo-proxy or a URL."
                )
            }
            name = "centrifugo-proxy"
            manifestLine = ".package(name: \"\(name)\", path: \(Self.literal(folder.path)))"
        }
    }

    /// A string literal of Swift.
    static func literal(_ text: String) -> String {
        let inner = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.properties.generalCategory == .control: "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }
        return "\"\(inner.joined())\""
    }
}
