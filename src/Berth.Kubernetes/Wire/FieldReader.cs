using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads one field of an object, or one object of an array, into a state. The reader is at the property name or the opening brace, and
/// afterwards at the last token of the value.
/// </summary>
/// <returns>False when the buffered bytes end inside the value.</returns>
internal delegate bool FieldReader<TState>(scoped ref Utf8JsonReader reader, ref TState state)
    where TState : allows ref struct;
