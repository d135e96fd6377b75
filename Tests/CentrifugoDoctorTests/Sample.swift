import Foundation

@testable import CentrifugoModel

/// A configuration of Tests/CentrifugoFacts.
struct Sample {
    let bytes: [UInt8]
    let form: ConfigurationForm
    /// What it says, where it is JSON.
    let value: ConfigurationValue?

    /// Those of the facts, and those that people wrote.
    static let all: [Sample] = ofFacts + ofPeople

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "CentrifugoFacts")

    private init(_ text: some Sequence<UInt8>, _ form: ConfigurationForm) {
        bytes = Array(text)
        self.form = form
        guard form == .json else {
            value = nil
            return
        }
        var reader = JSONReader(bytes)
        value = try? reader.document()
    }

    private static let ofFacts: [Sample] = {
        let text = (try? String(contentsOf: folder.appending(path: "facts.jsonl"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").flatMap { line -> [Sample] in
            var reader = JSONReader(Array(line.utf8))
            guard let fact = try? reader.document() else { return [] }
            let form = ConfigurationForm(rawValue: fact["form"]?.text ?? "") ?? .json
            var samples: [Sample] = []
            switch fact["config"] {
            case .text(let text) where !text.hasPrefix("base64:"): samples.append(Sample(text.utf8, form))
            case .object(let members): samples.append(Sample(ConfigurationValue.object(members).json.utf8, form))
            default: break
            }
            let variables = (fact["env"]?.members ?? [:]).sorted { $0.key < $1.key }
            let lines = variables.map { "\($0)=\($1.text ?? "")\n" }.joined()
            return samples + (lines.isEmpty ? [] : [Sample(lines.utf8, .env)])
        }
    }()

    private static let ofPeople: [Sample] = {
        let configurations = folder.appending(path: "configs")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: configurations.path)) ?? []
        return names.sorted().filter { $0 != "expected.json" }.compactMap { name in
            guard let form = ConfigurationForm(fileName: name),
                let data = try? Data(contentsOf: configurations.appending(path: name))
            else { return nil }
            return Sample(data, form)
        }
    }()
}
