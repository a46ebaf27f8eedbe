//! The catalogue inside templates: `{{ t('mail-greeting', name=person.name) }}`.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, ObjectRepr, Value, from_args};
use minijinja::{Error, ErrorKind, State};

use super::catalogue::{Arg, Catalogue};
use crate::survey::Language;

/// A callable for templates: the first argument is the key, named ones are the message's values.
/// The result is a plain string, so an `.html` template escapes it. A value that is not defined
/// is an error, a missing key is not (see [`Catalogue::say`]).
pub fn words(catalogue: Arc<Catalogue>, language: Language) -> Value {
    Value::from_object(Words {
        catalogue,
        language,
    })
}

struct Words {
    catalogue: Arc<Catalogue>,
    language: Language,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "words({})", self.language.code())
    }
}

impl Object for Words {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (key, values): (&str, Kwargs) = from_args(args)?;
        let names: Vec<String> = values.args().map(str::to_owned).collect();
        let mut mentioned = Vec::with_capacity(names.len());
        for name in &names {
            mentioned.push((name.as_str(), arg(key, name, &values.get::<Value>(name)?)?));
        }
        Ok(Value::from(self.catalogue.say(
            self.language,
            key,
            &mentioned,
        )))
    }
}

fn arg(key: &str, name: &str, value: &Value) -> Result<Arg<'static>, Error> {
    if value.is_undefined() {
        return Err(Error::new(
            ErrorKind::UndefinedError,
            format!("value '{name}' of message '{key}' is not defined"),
        ));
    }
    if value.is_number()
        && let Ok(number) = f64::try_from(value.clone())
    {
        return Ok(Arg::Number(number));
    }
    Ok(Arg::Text(
        if value.is_none() {
            String::new()
        } else {
            value.to_string()
        }
        .into(),
    ))
}
