import Foundation

/// The plugin's order for a handler, which it sends as JSON.
package struct HandlerOrder: Codable, Sendable {
    /// A target that depends on CentrifugoProxy.
    package struct Target: Codable, Sendable {
        package var name: String
        package var folder: String
        /// The test targets that depend on this target.
        package var tests: [Tests]

        package init(name: String, folder: String, tests: [Tests]) {
            self.name = name
            self.folder = folder
            self.tests = tests
        }
    }

    /// A test target.
    package struct Tests: Codable, Sendable {
        package var name: String
        package var folder: String

        package init(name: String, folder: String) {
            self.name = name
            self.folder = folder
        }
    }

    /// The arguments that are not options.
    package var names: [String]
    /// The values of `--type`.
    package var types: [String]
    /// The values of `--target`.
    package var chosen: [String]
    package var targets: [Target]

    package init(names: [String], types: [String], chosen: [String] = [], targets: [Target]) {
        self.names = names
        self.types = types
        self.chosen = chosen
        self.targets = targets
    }

    /// Writes the handler and its test.
    ///
    /// - Returns: Lines that name the written files and the next steps.
    /// - Throws: ``ScaffoldError``, when nothing is written.
    package func fill() throws -> [String] {
        guard names.count == 1, types.count == 1, chosen.count <= 1, !names[0].hasPrefix("-") else {
            throw ScaffoldError(
                "Write create-handler NAME --type TYPE [--target TARGET], with a type of \(HandlerType.list)."
            )
        }
        let type = try HandlerType(named: types[0])
        let target = try chosenTarget()
        guard let tests = target.tests.first else {
            throw ScaffoldError(
                "No test target depends on \(target.name): add one to Package.swift, for the handler's test."
            )
        }
        let template = HandlerTemplate(type)
        let name = try SwiftName(type: names[0], module: target.name, code: [template.handler, template.test]).text
        let new = NewFiles(
            files: [
                .init(path: "\(target.folder)/\(name).swift", content: template.handler(named: name)),
                .init(
                    path: "\(tests.folder)/\(name)Tests.swift",
                    content: template.test(named: name, module: target.name)
                ),
            ]
        )
        try new.refuseExisting()
        try Self.refuse(name, declaredIn: target.folder)
        try Self.refuse("\(name)Tests", declaredIn: tests.folder)
        try new.write()
        return new.files.map { "Wrote \($0.path)" } + Self.next(type, template.registration(named: name))
    }

    /// The next steps after a new handler was written.
    private static func next(_ type: HandlerType, _ registration: String) -> [String] {
        let register = "Register it where the service is made: \(registration)"
        guard let configuration = type.centrifugo else {
            return [register, "Only Centrifugo PRO asks about this event: its documentation names the option."]
        }
        return [register, "Switch the event on in Centrifugo's configuration:", configuration]
    }

    private func chosenTarget() throws -> Target {
        let list = targets.map(\.name).sorted().joined(separator: ", ")
        guard let first = targets.first else {
            throw ScaffoldError("No target depends on the product CentrifugoProxy: add it to one in Package.swift.")
        }
        if let name = chosen.first {
            guard let target = targets.first(where: { $0.name == name }) else {
                throw ScaffoldError("No target '\(name)' depends on CentrifugoProxy; choose one of \(list).")
            }
            return target
        }
        guard targets.count == 1 else {
            throw ScaffoldError("Several targets depend on CentrifugoProxy; choose one with --target: \(list).")
        }
        return first
    }

    /// Refuses a type that a Swift file of the folder already declares.
    private static func refuse(_ name: String, declaredIn folder: String) throws {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for file in files.sorted() where file.hasSuffix(".swift") {
            guard let code = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8) else { continue }
            if code.contains(try Regex("\\b(actor|class|enum|protocol|struct|typealias)\\s+\(name)\\b")) {
                throw ScaffoldError("\(folder)/\(file) already declares \(name); choose another name.")
            }
        }
    }
}
