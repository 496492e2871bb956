//! Which folder is the profile: `profiles.ini` and `installs.ini` of Thunderbird.

use std::collections::BTreeMap;

/// A profile by its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// The folder.
    pub path: String,
    /// Whether the folder is below that of `profiles.ini`.
    pub is_relative: bool,
}

/// The profiles, and the one that the program takes by itself: what its installation has chosen
/// (since version 68), else the one that is marked, else the only one.
pub fn profiles(profiles_ini: &str, installs_ini: Option<&str>) -> (Vec<Profile>, Option<Profile>) {
    let sections = sections(profiles_ini);
    let value = |section: &Section, key: &str| section.values.get(key).cloned().unwrap_or_default();
    let mut all: Vec<(Profile, bool)> = Vec::new();
    for section in sections.iter().filter(|it| it.name.starts_with("Profile")) {
        let profile = Profile {
            name: value(section, "Name"),
            path: value(section, "Path"),
            is_relative: value(section, "IsRelative") != "0",
        };
        if !profile.path.is_empty() {
            all.push((profile, value(section, "Default") == "1"));
        }
    }
    let installs = installs_ini.map(self::sections).unwrap_or_default();
    let own = sections.iter().filter(|it| it.name.starts_with("Install"));
    let mut chosen: Vec<String> =
        own.chain(&installs).map(|it| value(it, "Default")).filter(|it| !it.is_empty()).collect();
    chosen.sort();
    chosen.dedup();
    let by_install = match chosen.as_slice() {
        [path] => all.iter().find(|(profile, _)| profile.path == *path),
        _ => None,
    };
    let marked = || {
        let marked = all.iter().find(|(_, is_default)| *is_default);
        // Two installations that chose differently: nobody can tell which one is meant.
        marked.filter(|_| chosen.is_empty())
    };
    let only = || if let [one] = all.as_slice() { Some(one) } else { None };
    let default = by_install.or_else(marked).or_else(only).map(|(profile, _)| profile.clone());
    (all.into_iter().map(|(profile, _)| profile).collect(), default)
}

#[derive(Debug)]
struct Section {
    name: String,
    values: BTreeMap<String, String>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            sections.push(Section { name: name.to_owned(), values: BTreeMap::new() });
        } else if let (Some((key, value)), Some(section)) =
            (line.split_once('='), sections.last_mut())
        {
            section.values.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "[Profile1]\nName=default\nIsRelative=1\nPath=b.default\nDefault=1\n\n\
        [Profile0]\nName=own\nIsRelative=0\nPath=/srv/own\n";

    #[test]
    fn the_marked_one_and_the_chosen_one() {
        let (all, default) = profiles(TWO, None);
        assert_eq!(all.len(), 2);
        assert_eq!(default.unwrap().path, "b.default");
        let (_, default) =
            profiles(TWO, Some("[FDC34C9F024745EB]\r\nDefault=/srv/own\r\nLocked=1"));
        assert_eq!(default.unwrap().name, "own");
    }

    #[test]
    fn without_a_mark_only_a_lone_one_is_taken() {
        let unmarked = TWO.replace("Default=1", "");
        assert_eq!(profiles(&unmarked, None).1, None);
        assert!(profiles("[Profile0]\nPath=a\nName=a\n", None).1.is_some());
        let chosen = "[A]\nDefault=b.default\n[B]\nDefault=/srv/own\n";
        assert_eq!(profiles(TWO, Some(chosen)).1, None, "two installations differ");
        assert_eq!(profiles("", None), (Vec::new(), None));
    }
}
