import ArgumentParser
import Foundation
import Scaffolding

/// Writes a starter package.
struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a package to start from: a server, two handlers, their tests, Centrifugo's configuration."
    )

    @Argument(help: "The package's name, which is a Swift module's: ChatBackend.")
    var name: String

    @Option(help: "The folder to make; NAME by default.")
    var path: String?

    @Option(help: "Where centrifugo-proxy is: a path or a URL; by default what this command was built from.")
    var dependency: String?

    @Option(help: "The branch of the URL; versions from 1.0.0 by default.")
    var branch: String?

    func validate() throws {
        guard path != "" else { throw ValidationError("--path is empty: name the folder to make, or remove it.") }
    }

    func run() throws {
        let folder = path ?? name
        do {
            let dependency = try PackageDependency(self.dependency ?? Self.checkout, branch: branch)
            try StarterPackage(name: name, dependency: dependency).write(to: folder)
        } catch let error as ScaffoldError {
            StandardError.complain("\(error)")
            throw ExitCode.failure
        }
        try StandardOutput.say("Wrote \(folder). Next: cd \(folder) && swift test && swift run \(name)")
    }

    // Three levels above this file.
    private static let checkout = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
