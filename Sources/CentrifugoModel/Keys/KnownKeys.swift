/// Looks up the keys that Centrifugo 6.9 knows.
package enum KnownKeys {
    /// The keys at a path; empty where this model does not know them.
    package static func keys(at path: OptionPath) -> [String] { table(at: path).keys.sorted() }

    /// The keys at a path that contain further keys.
    package static func sections(at path: OptionPath) -> [String] {
        table(at: path).filter { if case .object = $0.value { true } else { false } }.keys.sorted()
    }

    /// Every path that ends with a key; elements of lists are written as `[]`.
    package static func places(of key: String) -> [String] {
        paths.filter { $0 == key || $0.hasSuffix(".\(key)") }
    }

    private static let paths = paths(in: KeyKind.configuration, at: "")

    /// The variables of all options outside lists.
    package static let variables: [String] = paths.filter { !$0.contains("[]") }.map {
        variable(of: $0)
    }

    /// The variable of an option outside lists.
    package static func variable(of path: String) -> String {
        "CENTRIFUGO_\(path.replacing(".", with: "_").uppercased())"
    }

    /// The name that is most similar to a misspelt one; nil without a similar one.
    package static func nearest(to name: String, in names: [String]) -> String? {
        // Longer than any key, so a comparison would only take time.
        guard name.utf8.count <= 100 else { return nil }
        let near = names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= min(2, name.count / 3) else { return nil }
        return near.name
    }

    private static func table(at path: OptionPath) -> KeyKind.Keys {
        path.steps.reduce(KeyKind.configuration) { keys, step in
            guard case .key(let key) = step else { return keys }
            switch keys[key] {
            case .object(let deeper), .objects(let deeper): return deeper
            default: return [:]
            }
        }
    }

    private static func paths(in keys: KeyKind.Keys, at path: String) -> [String] {
        keys.sorted { $0.key < $1.key }.flatMap { key, kind in
            let place = path + key
            return switch kind {
            case .object(let deeper): [place] + paths(in: deeper, at: "\(place).")
            case .objects(let deeper): [place] + paths(in: deeper, at: "\(place)[].")
            default: [place]
            }
        }
    }

    /// How many letters have to be changed, added or removed to turn one name into the other (Levenshtein distance).
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for (line, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
