import Foundation
import PackagePlugin

/// Writes a handler and its test: `swift package create-handler Sessions --type connect`.
///
/// It passes the structure of the package to `scaffold-tool`, which checks and writes.
@main
struct CreateHandler: CommandPlugin {
    /// The tool's argument, as JSON.
    private struct Order: Encodable {
        struct Target: Encodable {
            let name: String
            let folder: String
            var tests: [Target] = []
        }

        let names: [String]
        let types: [String]
        let chosen: [String]
        let targets: [Target]
    }

    func performCommand(context: PluginContext, arguments: [String]) async throws {
        var arguments = ArgumentExtractor(arguments)
        let types = arguments.extractOption(named: "type")
        let chosen = arguments.extractOption(named: "target")
        let order = Order(
            names: arguments.remainingArguments,
            types: types,
            chosen: chosen,
            targets: targets(of: context.package)
        )
        let process = Process()
        process.executableURL = try context.tool(named: "scaffold-tool").url
        process.arguments = [String(decoding: try JSONEncoder().encode(order), as: UTF8.self)]
        let refusal = Pipe()
        process.standardError = refusal
        try process.run()
        let sentence = refusal.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            Diagnostics.error(String(decoding: sentence, as: UTF8.self).trimmingCharacters(in: .newlines))
        }
    }

    /// The targets that depend on CentrifugoProxy, each with the test targets that depend on it.
    private func targets(of package: Package) -> [Order.Target] {
        let modules = package.targets.compactMap { $0 as? SwiftSourceModuleTarget }
        let users = modules.filter { $0.kind != .test && $0.dependencies.contains(where: \.isCentrifugoProxy) }
        return users.map { target in
            let tests = modules.filter { tests in
                tests.kind == .test && tests.dependencies.contains { $0.isTarget(target.name) }
            }
            return Order.Target(
                name: target.name,
                folder: target.directoryURL.path,
                tests: tests.map { Order.Target(name: $0.name, folder: $0.directoryURL.path) }
            )
        }
    }
}

extension TargetDependency {
    fileprivate var isCentrifugoProxy: Bool {
        switch self {
        case .product(let product): product.name == "CentrifugoProxy"
        case .target(let target): target.name == "CentrifugoProxy"
        @unknown default: false
        }
    }

    fileprivate func isTarget(_ name: String) -> Bool {
        if case .target(let target) = self { target.name == name } else { false }
    }
}
