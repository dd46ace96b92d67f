using System.Globalization;
using System.Text;

namespace Berth.Client.Json
{
    /// <summary>Writes a flat object. Members without a value are left out.</summary>
    internal sealed class JsonBody
    {
        private readonly StringBuilder _text = new("{");

        public JsonBody Add(string name, double? value) =>
            value is { } number ? AddRaw(name, number.ToString("R", CultureInfo.InvariantCulture)) : this;

        public JsonBody Add(string name, string? value)
        {
            if (value is null)
                return this;
            StringBuilder quoted = new("\"");
            foreach (char character in value)
            {
                if (character is '"' or '\\')
                    quoted.Append('\\').Append(character);
                else if (character is < ' ' or > '~')
                    quoted.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                else
                    quoted.Append(character);
            }

            return AddRaw(name, quoted.Append('"').ToString());
        }

        public override string ToString() => _text + "}";

        private JsonBody AddRaw(string name, string value)
        {
            if (_text.Length > 1)
                _text.Append(',');
            _text.Append('"').Append(name).Append("\":").Append(value);
            return this;
        }
    }
}
