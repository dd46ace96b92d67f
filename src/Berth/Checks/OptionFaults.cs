using System.Globalization;

namespace Berth.Checks;

/// <summary>Collects the faults of one options value: a sentence for each, with the value and the remedy.</summary>
internal sealed class OptionFaults
{
    private readonly List<string> _found = [];

    /// <summary>The sentences; empty when all is well.</summary>
    public IReadOnlyList<string> Found => _found;

    /// <summary>Throws one exception that names all faults, if there are any.</summary>
    /// <exception cref="ArgumentException">There are faults.</exception>
    public static void Throw(IReadOnlyList<string> faults, string parameter)
    {
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), parameter);
    }

    /// <summary>Adds the sentence unless the value is good.</summary>
    public void Check(bool isGood, string fault)
    {
        if (!isGood)
            _found.Add(fault);
    }

    /// <summary>Adds the faults of a part of the options.</summary>
    public void AddAll(IEnumerable<string> faults) => _found.AddRange(faults);

    /// <summary>Checks that a value is given.</summary>
    public void CheckGiven(object? value, string option) =>
        Check(value is not null, $"{option} is null. Give a value, or leave the option out for its default.");

    /// <summary>Checks that the value of an enum is one of its names.</summary>
    public void CheckDefined<T>(T value, string option)
        where T : struct, Enum =>
        Check(Enum.IsDefined(value), $"{option} is {value:D}. Give one of {string.Join(", ", Enum.GetNames<T>())}.");

    /// <summary>Checks a number against its range.</summary>
    public void CheckRange(int value, int min, int max, string option) =>
        Check(value >= min && value <= max, string.Create(CultureInfo.InvariantCulture, $"{option} is {value}. Give {min} to {max}."));

    /// <summary>Checks a number against its range. Null is in it.</summary>
    public void CheckRange(int? value, int min, int max, string option)
    {
        if (value is { } number)
            CheckRange(number, min, max, option);
    }

    /// <summary>Checks a duration against its range.</summary>
    public void CheckRange(TimeSpan value, TimeSpan min, TimeSpan max, string option) =>
        Check(value >= min && value <= max, $"{option} is {value}. Give a duration from {min} to {max}.");

    /// <summary>Checks that a duration is above zero and not above its limit.</summary>
    public void CheckAboveZero(TimeSpan value, TimeSpan max, string option) =>
        Check(value > TimeSpan.Zero && value <= max, $"{option} is {value}. Give a duration above zero and up to {max}.");
}
