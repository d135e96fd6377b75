/// The kind of value that Centrifugo expects for a key.
indirect enum KeyKind: Sendable {
    case flag
    case integer
    case text
    case texts
    /// A duration: a text with a unit, or a number of nanoseconds.
    case duration
    /// A certificate or key: PEM text, base64 of it, or the name of a file.
    case pem
    /// Texts by name: an object, or a list of objects with `key` and `value`.
    case textMap
    case object(Keys)
    case objects(Keys)
    /// A section whose keys this model does not include.
    case foreignObject
    case foreignList

    typealias Keys = [String: KeyKind]
}

extension KeyKind.Keys {
    /// Keys of one kind.
    init(_ kind: KeyKind, _ names: String...) {
        self.init(uniqueKeysWithValues: names.map { ($0, kind) })
    }

    static func + (left: Self, right: Self) -> Self { left.merging(right) { _, new in new } }
}
