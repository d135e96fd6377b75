import Foundation

/// A new package: a server with two handlers, their tests, and the matching configuration of Centrifugo.
package struct StarterPackage: Sendable {
    let name: String
    let dependency: PackageDependency

    /// - Parameters:
    ///   - name: The package's name, which is also its module's.
    ///   - dependency: The source of centrifugo-proxy.
    /// - Throws: ``ScaffoldError`` when the name cannot be a module's.
    package init(name: String, dependency: PackageDependency) throws {
        self.dependency = dependency
        let files = Self.files(name: "__Package__", dependency: dependency)
        let code = files.filter { $0.path.hasSuffix(".swift") && $0.path != "Package.swift" }.map(\.content)
        self.name = try SwiftName(module: name, code: code).text
    }

    /// Writes the package into a new folder.
    ///
    /// - Throws: ``ScaffoldError`` when the folder exists, or cannot be created.
    package func write(to folder: String) throws {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw ScaffoldError("\(folder) already exists; choose another name, or another folder with --path.")
        }
        let files = Self.files(name: name, dependency: dependency).map {
            NewFiles.File(path: "\(folder)/\($0.path)", content: $0.content)
        }
        try NewFiles(files: files).write()
    }

    static func files(name: String, dependency: PackageDependency) -> [NewFiles.File] {
        let sessions = HandlerTemplate.connect
        let commands = HandlerTemplate.rpc
        return [
            .init(path: "Package.swift", content: manifest(name, dependency)),
            .init(path: "Sources/\(name)/main.swift", content: main(name)),
            .init(path: "Sources/\(name)/Sessions.swift", content: sessions.handler(named: "Sessions")),
            .init(path: "Sources/\(name)/Commands.swift", content: commands.handler(named: "Commands")),
            .init(
                path: "Tests/\(name)Tests/SessionsTests.swift",
                content: sessions.test(named: "Sessions", module: name)
            ),
            .init(
                path: "Tests/\(name)Tests/CommandsTests.swift",
                content: commands.test(named: "Commands", module: name)
            ),
            .init(path: "centrifugo.json", content: centrifugo),
            .init(path: "README.md", content: readme(name)),
            .init(path: ".gitignore", content: ".build/\n.swiftpm/\n"),
        ]
    }
}
