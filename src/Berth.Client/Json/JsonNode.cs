using System;
using System.Collections.Generic;
using System.Globalization;

namespace Berth.Client.Json
{
    /// <summary>One value of a JSON text.</summary>
    internal sealed class JsonNode
    {
        private static readonly JsonNode[] s_none = Array.Empty<JsonNode>();
        private static readonly TimeSpan s_maxDuration = TimeSpan.FromDays(100 * 365);

        private readonly string _text;
        private readonly IReadOnlyList<JsonNode> _items;
        private readonly Dictionary<string, JsonNode>? _members;

        private JsonNode(
            JsonKind kind, string text = "", IReadOnlyList<JsonNode>? items = null, Dictionary<string, JsonNode>? members = null)
        {
            Kind = kind;
            _text = text;
            _items = items ?? s_none;
            _members = members;
        }

        public static JsonNode Null { get; } = new JsonNode(JsonKind.Null);

        public static JsonNode True { get; } = new JsonNode(JsonKind.Boolean, "true");

        public static JsonNode False { get; } = new JsonNode(JsonKind.Boolean, "false");

        public JsonKind Kind { get; }

        public static JsonNode OfText(string text) => new(JsonKind.Text, text);

        public static JsonNode OfNumber(string digits) => new(JsonKind.Number, digits);

        public static JsonNode OfArray(List<JsonNode> items) => new(JsonKind.Array, items: items);

        public static JsonNode OfObject(Dictionary<string, JsonNode> members) => new(JsonKind.Object, members: members);

        /// <summary>Finds a member of an object. Null when it is missing, or is null.</summary>
        /// <exception cref="FormatException">This is no object.</exception>
        public JsonNode? Find(string name)
        {
            if (_members is null)
                throw new FormatException($"there is no object with '{name}'");
            return _members.TryGetValue(name, out JsonNode? found) && found.Kind != JsonKind.Null ? found : null;
        }

        /// <summary>The text of a member, or null.</summary>
        /// <exception cref="FormatException">It is something else.</exception>
        public string? FindText(string name) => Find(name) is { } found ? found.Expect(JsonKind.Text, name)._text : null;

        /// <summary>Reads the text of a member.</summary>
        /// <exception cref="FormatException">It is not there, or is something else.</exception>
        public string GetText(string name) => FindText(name) ?? throw Missing(name);

        /// <summary>The duration of a member, in seconds, or null. One above 100 years counts as 100 years, as in Berth.Remote.</summary>
        /// <exception cref="FormatException">It is negative, or something else.</exception>
        public TimeSpan? FindSeconds(string name)
        {
            if (Find(name) is not { } found)
                return null;
            string digits = found.Expect(JsonKind.Number, name)._text;
            // Not every runtime reads a number beyond a double as infinity.
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
                seconds = digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            if (seconds < 0)
                throw new FormatException($"'{name}' is {digits}, and a duration is not negative");
            return seconds < s_maxDuration.TotalSeconds ? TimeSpan.FromSeconds(seconds) : s_maxDuration;
        }

        /// <summary>The whole number of a member, or null.</summary>
        /// <exception cref="FormatException">It is something else.</exception>
        public long? FindInteger(string name)
        {
            if (Find(name) is not { } found)
                return null;
            string digits = found.Expect(JsonKind.Number, name)._text;
            return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                ? value
                : throw new FormatException($"'{name}' is {digits}, which is no whole number");
        }

        /// <summary>Reads the whole number of a member.</summary>
        /// <exception cref="FormatException">It is not there, or is something else.</exception>
        public long GetInteger(string name) => FindInteger(name) ?? throw Missing(name);

        /// <summary>Reads the truth value of a member; false when it is missing.</summary>
        /// <exception cref="FormatException">It is something else.</exception>
        public bool IsTrue(string name) => Find(name) is { } found && found.Expect(JsonKind.Boolean, name)._text == "true";

        /// <summary>The items of a member; none when it is not there.</summary>
        /// <exception cref="FormatException">It is something else.</exception>
        public IReadOnlyList<JsonNode> FindItems(string name) =>
            Find(name) is { } found ? found.Expect(JsonKind.Array, name)._items : s_none;

        /// <summary>The items of a member.</summary>
        /// <exception cref="FormatException">It is not there, or is something else.</exception>
        public IReadOnlyList<JsonNode> GetItems(string name) =>
            (Find(name) ?? throw Missing(name)).Expect(JsonKind.Array, name)._items;

        /// <summary>This value as a text.</summary>
        /// <exception cref="FormatException">It is something else.</exception>
        public string AsText() => Expect(JsonKind.Text, "an item")._text;

        /// <summary>The value in one form: members by name, and texts without escapes. For people.</summary>
        public override string ToString()
        {
            switch (Kind)
            {
                case JsonKind.Object:
                    List<string> members = new();
                    foreach (KeyValuePair<string, JsonNode> member in _members!)
                        members.Add($"{member.Key}={member.Value}");
                    members.Sort(StringComparer.Ordinal);
                    return "{" + string.Join(",", members) + "}";
                case JsonKind.Array:
                    return "[" + string.Join(",", _items) + "]";
                case JsonKind.Text:
                    return $"'{_text}'";
                case JsonKind.Null:
                    return "null";
                default:
                    return _text;
            }
        }

        private static FormatException Missing(string name) => new($"'{name}' is missing");

        private JsonNode Expect(JsonKind kind, string name) =>
            Kind == kind ? this : throw new FormatException($"'{name}' is {Kind} and not {kind}");
    }
}
