namespace Berth.Extensions.Hosting.Sources;

/// <summary>The views and sources that a program has added so far. One for each service collection.</summary>
internal sealed class BerthRegistrations
{
    private readonly List<string> _views = [];
    private readonly List<SourceRegistration> _sources = [.. BuiltInSources.All];

    /// <summary>The names of all views.</summary>
    public IReadOnlyList<string> Views => _views;

    /// <summary>The sources that can be named.</summary>
    public IReadOnlyList<SourceRegistration> Sources => _sources;

    /// <summary>The name of the view that is registered without a key, or null.</summary>
    public string? MainView { get; private set; }

    /// <summary>Notes a view.</summary>
    /// <exception cref="InvalidOperationException">Its name is taken, or there is a view without a key already.</exception>
    public void AddView(string name, bool isKeyed)
    {
        if (_views.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(
                $"The view '{name}' is added twice. Add it once: AddBerthView also registers it with its name as the key.");
        }

        if (!isKeyed && MainView is not null)
        {
            throw new InvalidOperationException(
                $"AddBerthView is called for '{MainView}' and for '{name}', and only one view can be without a key. Call " +
                $"AddKeyedBerthView(\"{name}\").");
        }

        _views.Add(name);
        if (!isKeyed)
            MainView = name;
    }

    /// <summary>Notes a source.</summary>
    /// <exception cref="InvalidOperationException">Its name is taken.</exception>
    public void AddSource(SourceRegistration source)
    {
        if (FindSource(source.Name) is not null)
            throw new InvalidOperationException($"There is a source '{source.Name}' already. Give this one another name.");
        _sources.Add(source);
    }

    /// <summary>Finds a source by its name, in upper or lower case.</summary>
    public SourceRegistration? FindSource(string? name) =>
        _sources.FirstOrDefault(source => string.Equals(source.Name, name, StringComparison.OrdinalIgnoreCase));
}
