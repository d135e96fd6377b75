/// The path of an option, such as `channel.namespaces[chat].presence`.
package struct OptionPath: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case key(String)
        /// An element of a list, with its name if it has one.
        case element(Int, name: String?)
    }

    package var steps: [Step]

    package init(_ steps: [Step] = []) {
        self.steps = steps
    }

    /// A path of keys, separated by dots.
    package init(_ keys: String) {
        steps = keys.split(separator: ".").map { .key(String($0)) }
    }

    package func key(_ keys: String) -> OptionPath { OptionPath(steps + OptionPath(keys).steps) }

    package func element(_ index: Int, name: String? = nil) -> OptionPath {
        OptionPath(steps + [.element(index, name: name)])
    }

    /// In the form of Centrifugo's log: `channel.namespaces.[0].presence`.
    package var centrifugoSpelling: String {
        steps.map { step in
            switch step {
            case .key(let key): key
            case .element(let index, _): "[\(index)]"
            }
        }.joined(separator: ".")
    }
}

extension OptionPath: CustomStringConvertible {
    package var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += (text.isEmpty ? "" : ".") + (key.isEmpty ? "\"\"" : key)
            case .element(let index, let name): text += "[\(name.map { $0.isEmpty ? "\(index)" : $0 } ?? "\(index)")]"
            }
        }
    }
}
